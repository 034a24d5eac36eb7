#pragma once

#include <rig/access/identity.hpp>

#include <string>
#include <vector>

namespace rig::access {

/// The tokens that a request shows: that of the query, and those of `Authorization` (RFC 6750,
/// 2.1), of which there may be several, also in one header with commas between them. The scheme
/// may be missing if what stands there looks like a token. Other schemes are none of our business.
std::vector<std::string> bearer_tokens(const Credentials& credentials);

/// What another service gets to see of them as one `Authorization`; empty if there is nothing.
std::string joined_authorization(const Credentials& credentials);

}  // namespace rig::access
