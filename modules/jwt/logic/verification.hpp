#pragma once

#include "logic/claims.hpp"
#include "logic/jws.hpp"
#include "logic/key_set.hpp"

#include <rig/jwt/token.hpp>

#include <boost/system/result.hpp>

#include <chrono>

namespace rig::jwt {

using Verdict = boost::system::result<TokenRef, Refusal>;

/// Signature first, then what it says: nothing of a token is read before it is known who wrote it.
/// `keys` are the candidates for `jws`. Any thread.
[[nodiscard]] Verdict verify(const Jws& jws, const KeySet::Candidates& keys,
                             const ClaimRules& rules, std::chrono::system_clock::time_point now);

}  // namespace rig::jwt
