#pragma once

#include "logic/algorithm.hpp"

#include <rig/jwt/token.hpp>

#include <boost/system/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rig::jwt {

inline constexpr std::size_t kTokenBytesMax = 16U << 10;

/// A token taken apart (RFC 7515, 3.1), nothing of it believed yet. Of its header only `alg` and
/// `kid` matter: a key that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) is never looked at.
struct Jws {
  Algorithm algorithm;
  std::optional<std::string> kid;
  std::string_view signed_text;  ///< in the token: header, dot and payload as they came
  std::string_view payload;      ///< in the token: base64url
  std::string signature;
};

/// `token` must outlive what is returned. kMalformed, or kAlgorithm if `alg` is none that we know
/// or the header asks for an extension by `crit` (RFC 7515, 4.1.11) or `b64` (RFC 7797).
[[nodiscard]] boost::system::result<Jws, Refusal> parse_jws(std::string_view token,
                                                            std::size_t bytes_max);

}  // namespace rig::jwt
