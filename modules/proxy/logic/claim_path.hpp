#pragma once

#include <rig/proxy/route_rules.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

/// "sub", "https://shop.example/role", or with a slash at the start a JSON pointer (RFC 6901) for
/// what is in a claim: "/realm_access/roles". Nothing: it is neither.
[[nodiscard]] std::optional<ClaimPath> parse_claim_path(std::string_view text);

/// The same place as a JSON pointer.
[[nodiscard]] std::string pointer_to(const ClaimPath& path);

/// What is there; null: nothing.
[[nodiscard]] const boost::json::value* find_claim(const boost::json::object& claims,
                                                   const ClaimPath& path);

}  // namespace rig::proxy
