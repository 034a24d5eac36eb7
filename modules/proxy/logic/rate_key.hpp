#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace rig::proxy {

/// One client of one limit: a digest, so that it is short whatever clients send, and no header or
/// claim is kept.
using RateKey = std::array<std::uint8_t, 16>;

/// Makes keys. With a seed that clients do not know, they cannot choose values that meet in a
/// table.
class RateKeys {
 public:
  using Seed = std::array<std::uint8_t, 16>;

  explicit RateKeys(const Seed& seed) : seed_(seed) {}
  [[nodiscard]] static RateKeys with_random_seed();

  /// Of parts of which no two lists look the same.
  [[nodiscard]] RateKey key_of(std::span<const std::string_view> parts) const;

 private:
  Seed seed_;
};

/// The place in a table.
struct RateKeyHash {
  std::size_t operator()(const RateKey& key) const noexcept {
    std::size_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
  }
};
/// The shard that owns it: by other bits than those of the table.
[[nodiscard]] inline std::size_t owner_of(const RateKey& key, std::size_t shards) noexcept {
  std::uint64_t bits = 0;
  std::memcpy(&bits, key.data() + 8, sizeof bits);
  return static_cast<std::size_t>(bits % shards);
}

}  // namespace rig::proxy
