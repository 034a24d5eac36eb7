#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace rig::jwt {

/// What a token says that was found valid. Immutable, read on every shard.
struct Token {
  boost::json::object claims;
  /// `exp` and the leeway of the settings, if it has one.
  std::optional<std::chrono::system_clock::time_point> expires_at;
};
using TokenRef = std::shared_ptr<const Token>;

/// The rule that a token breaks.
enum class Refusal : std::uint8_t {
  kMalformed,    ///< no compact JWS: segments, base64url, JSON, or its size
  kAlgorithm,    ///< `alg` is not what the key is for, or `crit` asks for something
  kUnknownKey,   ///< no key has its `kid`
  kSignature,    ///< no key made this signature
  kExpired,      ///< `exp` is over, or absent though it is required
  kNotYetValid,  ///< `nbf` is still to come
  kClaim,        ///< a claim is of the wrong JSON type
  kIssuer,       ///< `iss` is another
  kAudience,     ///< `aud` has another
  kNoKeys,       ///< the gateway has no key, or has not got any yet
  kOverloaded,   ///< too many tokens wait to be checked
};

/// A word for metrics and for programs: "expired".
[[nodiscard]] std::string_view name_of(Refusal refusal) noexcept;
/// A sentence for people, without anything of the token or the key.
[[nodiscard]] std::string_view explain(Refusal refusal) noexcept;

}  // namespace rig::jwt
