#pragma once

#include <rig/core/task.hpp>
#include <rig/jwt/token.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace rig::jwt {

/// Verifies tokens (RFC 7519 in the compact form of RFC 7515) with the keys of the settings. The
/// calls are made on a shard; each shard has a cache of what it has verified.
class Tokens {
 public:
  static constexpr std::string_view kPort = "jwt.tokens";

  /// False if the settings name no key: then no token is valid, and nobody should be asked for one.
  [[nodiscard]] virtual bool has_keys() const noexcept = 0;

  /// Checks the signature and the claims of `token`, without the word "Bearer". Suspends only if it
  /// has to ask for keys, or if the check is worth a thread of its own; done within the time-out of
  /// the settings.
  virtual Task<boost::system::result<TokenRef, Refusal>> verify(std::string token) = 0;

 protected:
  ~Tokens() = default;
};

}  // namespace rig::jwt
