#pragma once

#include <boost/system/result.hpp>

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;

namespace rig::http_client {

/// Whom a client of TLS trusts.
struct TlsTrust {
  std::string ca_file;  ///< PEM; authorities beside the system's; empty: RIG_HTTP_CLIENT_CA_FILE
  bool is_verified = true;  ///< false: any certificate will do
};

/// Contexts for connections to other services that this module does not make itself: TLS 1.2 at
/// least, verified against the authorities. Any thread; reads files, so callers keep what they get.
class TlsContexts {
 public:
  static constexpr std::string_view kPort = "http_client.tls_contexts";

  /// The error says why `ca_file` cannot be used.
  [[nodiscard]] virtual boost::system::result<std::shared_ptr<ssl_ctx_st>, std::string> make(
      const TlsTrust& trust) const = 0;

 protected:
  ~TlsContexts() = default;
};

}  // namespace rig::http_client
