#pragma once

#include <cstdint>
#include <string_view>

namespace rig::subscriptions {

/// Mixes two words; every bit of the result depends on every bit of both.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Starts and joins the hashes of a clause's values. Random for each process: clients choose event
/// types and values, and must not be able to choose ones that collide.
[[nodiscard]] std::uint64_t hash_seed() noexcept;

[[nodiscard]] inline std::uint64_t combine(std::uint64_t hash, std::uint64_t value) noexcept {
  return mix(hash ^ value, 0x9E3779B97F4A7C15U);
}

/// The hash of an event type.
[[nodiscard]] std::uint64_t hash_of(std::string_view text) noexcept;

}  // namespace rig::subscriptions
