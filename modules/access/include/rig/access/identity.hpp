#pragma once

#include <rig/jwt/token.hpp>
#include <rig/sessions/member.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::access {

/// What a request brought to say who sends it.
struct Credentials {
  std::vector<std::string> authorization;  ///< the values of its `Authorization` headers
  std::string jwt;                         ///< of the query; empty: none

  [[nodiscard]] bool empty() const noexcept { return authorization.empty() && jwt.empty(); }
};

/// Who a client is, by its valid tokens; at least one. Immutable.
struct Identity {
  std::vector<jwt::TokenRef> tokens;
  std::vector<sessions::SessionName> sessions;
  /// When the first of the tokens ends.
  std::optional<std::chrono::system_clock::time_point> expires_at;
};
using IdentityRef = std::shared_ptr<const Identity>;  ///< null: nobody in particular

/// Why a request is refused.
struct Denial {
  int status = 403;          ///< 401, 403 or 503
  std::string reason;        ///< a word: "token_expired"
  std::string message;       ///< a sentence; nothing of tokens or keys
  std::string authenticate;  ///< the value of `WWW-Authenticate` of a 401
  std::string v3_cause;      ///< the words of the first RIG; empty: it had none
};

}  // namespace rig::access
