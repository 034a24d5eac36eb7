#pragma once

#include <rig/http_client/tls_contexts.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/result.hpp>

#include <memory>
#include <string>

namespace rig::http_client {

/// Verifies servers by the authorities of the system and those in `ca_file` (PEM; none if empty);
/// TLS 1.2 at least. The error says why `ca_file` cannot be used.
boost::system::result<boost::asio::ssl::context, std::string> make_tls_context(
    const std::string& ca_file);

/// The contexts for others; those that trust what this module trusts are one.
class SharedTlsContexts final : public TlsContexts {
 public:
  explicit SharedTlsContexts(boost::asio::ssl::context& own) : own_(own) {}

  [[nodiscard]] boost::system::result<std::shared_ptr<SSL_CTX>, std::string> make(
      const TlsTrust& trust) const override;

 private:
  boost::asio::ssl::context& own_;
};

}  // namespace rig::http_client
