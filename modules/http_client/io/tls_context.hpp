#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/result.hpp>

#include <string>

namespace rig::http_client {

/// Verifies servers by the authorities of the system and those in `ca_file` (PEM; none if empty);
/// TLS 1.2 at least. The error says why `ca_file` cannot be used.
boost::system::result<boost::asio::ssl::context, std::string> make_tls_context(
    const std::string& ca_file);

}  // namespace rig::http_client
