#pragma once

#include "logic/address.hpp"

#include <rig/transport/http_message.hpp>

#include <cstdint>
#include <vector>

namespace rig::transport {

/// The proxies in front of the gateway, and the header by which they tell whom they serve.
struct TrustedProxies {
  /// One of them only: a proxy that writes one passes on the other as the client made it up.
  enum class Header : std::uint8_t { kXForwardedFor, kForwarded };

  std::vector<AddressRange> ranges;
  Header header = Header::kXForwardedFor;

  [[nodiscard]] bool contains(const Address& address) const noexcept;
};

/// The address of the client behind a request that came from `peer`. Each proxy adds whom it has
/// the request from at the end of the header (RFC 7239, 5.2), so it is read from there, as far as
/// those who wrote it are trusted; what an untrusted one wrote is not even looked at. A trusted
/// proxy that does not tell by an address ("unknown", "_name", nothing) stands for its clients.
[[nodiscard]] Address client_address(const Address& peer, const Headers& headers,
                                     const TrustedProxies& proxies);

}  // namespace rig::transport
