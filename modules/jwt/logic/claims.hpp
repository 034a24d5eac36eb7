#pragma once

#include <rig/jwt/token.hpp>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace rig::jwt {

/// What a token must say besides being signed (RFC 7519, 4.1).
struct ClaimRules {
  bool exp_required = true;
  /// By how much the clock of an issuer may differ from ours; for `exp` and `nbf`.
  std::chrono::milliseconds leeway{0};
  std::string issuer;    ///< empty: any
  std::string audience;  ///< empty: any
};

/// Checks all claims that have rules and makes a token of them. One whose time has not come, or is
/// over, is refused.
[[nodiscard]] boost::system::result<TokenRef, Refusal> check_claims(
    boost::json::object claims, const ClaimRules& rules, std::chrono::system_clock::time_point now);

/// Whether a token that was valid once has expired since.
[[nodiscard]] bool is_over(const Token& token, std::chrono::system_clock::time_point now) noexcept;

}  // namespace rig::jwt
