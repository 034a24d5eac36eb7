#pragma once

#include <rig/core/socket.hpp>
#include <rig/core/task.hpp>

#include <boost/asio/ip/tcp.hpp>

namespace rig::proxy {

using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor>;

}  // namespace rig::proxy
