#pragma once

#include "logic/framing.hpp"

#include <rig/proxy/api_definition.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// How many tokens of one request are looked at: a signature costs time to check. Whoever checks
/// them may take fewer.
inline constexpr std::size_t kTokensMax = 16;

/// The tokens of a request to a secured endpoint, in the places where the API's `auth` says:
///
/// - `Authorization`: parts between commas that start with "Bearer " exactly; others are not tokens
/// - another header: the whole value, with or without "Bearer "
/// - the query: the values of all parameters of that name, each a list with commas
///
/// Duplicates of a header count like the first. Nothing if the API has no `auth_type` "jwt".
[[nodiscard]] std::vector<std::string> find_tokens(const AuthRules& rules, const Headers& headers,
                                                   std::string_view query);

/// The query for the upstream, without the tokens, which do not belong into its log.
[[nodiscard]] std::string query_without_tokens(const AuthRules& rules, std::string_view query);

}  // namespace rig::proxy
