#pragma once
// How to subscribe to and publish on a server. `rig` is the gateway, `floor` the minimal server
// beside this file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::bench {

enum class PeerKind { kRig, kFloor };

std::optional<PeerKind> peer_from_name(std::string_view name);
std::string_view peer_name(PeerKind peer);

/// With this event the server says that the subscription is effective.
inline constexpr std::string_view kSubscribedType = "rig.subscriptions_set";

/// The whole request that opens an SSE stream. With a `key`, only events whose /data/k is that key
/// are asked for.
std::string subscribe_request(PeerKind peer, std::optional<std::uint32_t> key);

/// The head of the request that publishes an event of `body_bytes` bytes.
std::string publish_head(PeerKind peer, std::optional<std::uint32_t> key, std::size_t body_bytes);

}  // namespace rig::bench
