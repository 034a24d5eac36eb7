#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rig::jwt {

/// The signatures that we know (RFC 7518, 3.1; RFC 8037, 3.1). There is no `none`: what has no
/// enumerator cannot be asked for.
enum class Algorithm : std::uint8_t {
  kHs256,
  kHs384,
  kHs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
  kEdDsa
};

/// In the order of the enumerators.
inline constexpr std::array<std::string_view, 13> kAlgorithmNames{
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256",
    "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"};

using AlgorithmSet = std::bitset<kAlgorithmNames.size()>;

enum class Family : std::uint8_t { kHmac, kRsa, kRsaPss, kEcdsa, kEdDsa };

[[nodiscard]] std::string_view name_of(Algorithm algorithm) noexcept;
/// Names are compared exactly: "none" and "hs256" are nothing.
[[nodiscard]] std::optional<Algorithm> algorithm_of(std::string_view name) noexcept;
[[nodiscard]] Family family_of(Algorithm algorithm) noexcept;
/// Of the digest; zero for EdDSA, which brings its own.
[[nodiscard]] std::size_t digest_bytes(Algorithm algorithm) noexcept;
[[nodiscard]] AlgorithmSet only(Algorithm algorithm) noexcept;
[[nodiscard]] AlgorithmSet all_of(Family family) noexcept;

}  // namespace rig::jwt
