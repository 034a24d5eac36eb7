#pragma once

#include <rig/core/shard_id.hpp>

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

  std::uint32_t node = 0;
  ShardId shard = 0;
  Secret secret{};

  /// With a random secret.
  static Correlation make(std::uint32_t node, ShardId shard);
  static std::optional<Correlation> parse(std::string_view text) noexcept;
  [[nodiscard]] std::string text() const;
  bool operator==(const Correlation&) const = default;
};

}  // namespace rig::answers
