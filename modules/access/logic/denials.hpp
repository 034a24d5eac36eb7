#pragma once

#include <rig/access/identity.hpp>
#include <rig/jwt/token.hpp>

#include <string_view>

namespace rig::access {

/// The request shows no token, and one is needed.
Denial token_missing();
Denial token_refused(jwt::Refusal refusal);
Denial too_many_tokens();
/// Its session was cut off.
Denial session_blacklisted(std::string_view session);
/// The token is good, but not for this: it would have to have the claim `name`.
Denial claim_missing(std::string_view name);
/// The words that prove the right to manage are wrong.
Denial credential_refused();
/// The service that decides said no, by 401 or 403.
Denial denied_by_service(int status);
/// It could not be asked.
Denial service_unavailable();

}  // namespace rig::access
