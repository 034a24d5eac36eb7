#pragma once

#include <rig/proxy/api_definition.hpp>

#include <compare>
#include <cstdint>
#include <string>

namespace rig::proxy {

/// How a server is verified.
struct TlsSettings {
  std::string ca_file;  ///< PEM; authorities beside the system's
  bool is_verified = true;
  std::string server_name;  ///< asked for and verified; empty: the host
  auto operator<=>(const TlsSettings&) const = default;
};

/// Where connections go that can take each other's place.
struct Server {
  bool is_tls = false;
  std::string host;  ///< a name, or an address without brackets
  std::uint16_t port = 0;
  TlsSettings tls;
  auto operator<=>(const Server&) const = default;

  /// What the certificate must be for.
  [[nodiscard]] const std::string& tls_name() const noexcept {
    return tls.server_name.empty() ? host : tls.server_name;
  }
  /// For messages.
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] Server server_of(const Upstream& upstream, const TlsRules& tls);

/// Why there is no connection.
struct DialFailure {
  std::string reason;  ///< for the log
  bool is_timeout = false;
};

}  // namespace rig::proxy
