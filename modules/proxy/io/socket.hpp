#pragma once

#include <rig/core/task.hpp>

#include <boost/asio/ip/tcp.hpp>

namespace rig::proxy {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor>;

}  // namespace rig::proxy
