#pragma once

#include <cstdint>
#include <string_view>

namespace rig::transport {

/// The two listeners.
enum class Door : std::uint8_t {
  kInbound,  ///< clients: INBOUND_PORT
  kApi,      ///< management, never reachable from outside: API_HTTP_PORT
};

/// As logs name it.
constexpr std::string_view name_of(Door door) noexcept {
  return door == Door::kInbound ? "inbound" : "api";
}

/// Where they listen, whatever the settings said.
struct Ports {
  std::uint16_t inbound = 0;
  std::uint16_t api = 0;
};

struct Route {
  Door door;
  std::string_view method;  ///< "GET" serves HEAD too; OPTIONS, 405 and 404 are the transport's
  std::string_view path;    ///< exact, or with segments in braces: "/v3/apis/{id}"
  /// CORS (inbound only): headers that a browser may send with it, for the preflight; empty: none
  /// by CORS.
  std::string_view cors_headers = {};
  /// CORS: the page's cookies come with it, from origins that are named.
  bool cors_credentials = false;
  /// Management only: nobody is asked for the credential, so it must say nothing that is a secret.
  bool open = false;
};

}  // namespace rig::transport
