#pragma once
// How to subscribe to and publish on a server. `rig` is the gateway, `floor` the minimal server
// beside this file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::bench {

enum class PeerKind { kRig, kFloor };
enum class Transport { kSse, kWs };

std::optional<PeerKind> peer_from_name(std::string_view name);
std::string_view peer_name(PeerKind peer);
std::optional<Transport> transport_from_name(std::string_view name);
std::string_view transport_name(Transport transport);

/// With this event the server says that the subscription is effective.
inline constexpr std::string_view kSubscribedType = "rig.subscriptions_set";
/// With one of these it says that it cannot do what it should.
inline constexpr std::string_view kGapType = "rig.gap";
inline constexpr std::string_view kErrorType = "rig.error";

/// What a client asks for.
struct Subscription {
  std::string_view type;
  std::optional<std::uint32_t> key;  ///< only events whose /data/k is that
  std::string_view cursor;           ///< only what came after this one; empty: from now on
  std::string_view token;            ///< a JWT that the gateway gets to see; empty: none
};

/// The whole request that opens an SSE stream.
std::string sse_request(PeerKind peer, const Subscription& subscription);

/// The whole request that opens a WebSocket. `nonce` is 16 bytes in base64.
std::string ws_request(PeerKind peer, const Subscription& subscription, std::string_view nonce);

/// The head of the request that publishes an event of `body_bytes` bytes.
std::string publish_head(PeerKind peer, std::string_view type, std::optional<std::uint32_t> key,
                         std::size_t body_bytes);

}  // namespace rig::bench
