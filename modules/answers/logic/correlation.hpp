#pragma once

#include <rig/core/shard_id.hpp>
#include <rig/peers/node_identity.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::answers {

/// The name of a request whose answer comes another way: where its client waits, and a secret that
/// nobody can guess. Opaque to whoever hands it on; safe in URLs and headers.
struct Correlation {
  using Secret = std::array<std::uint8_t, 16>;

  peers::NodeId node = peers::kNoNode;
  ShardId shard = 0;
  Secret secret{};

  /// With a random secret.
  static Correlation make(peers::NodeId node, ShardId shard);
  static std::optional<Correlation> parse(std::string_view text) noexcept;
  [[nodiscard]] std::string text() const;
  bool operator==(const Correlation&) const = default;
};

/// As others get it: sealed by this node.
[[nodiscard]] std::string sealed_text(const Correlation& correlation,
                                      const peers::NodeIdentity& here);
/// What comes back; nothing if it has not the form. One whose seal is not genuine is of no node.
[[nodiscard]] std::optional<Correlation> parse_sealed(std::string_view text,
                                                      const peers::NodeIdentity& here);

}  // namespace rig::answers
