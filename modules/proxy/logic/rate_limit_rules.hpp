#pragma once

#include "logic/fault_list.hpp"

#include <rig/proxy/route_rules.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace rig::proxy {

/// Notes what is wrong with `rate_limit` of an API or an endpoint. `has_tokens`: its requests have
/// a token, or may have one.
void check_rate_limit(const boost::json::object& of, bool has_tokens, const FaultList& faults);

/// That of an API or an endpoint that was checked; nothing: it has none. `owner` is its name.
[[nodiscard]] std::optional<RateLimit> read_rate_limit(const boost::json::object& of,
                                                       std::string_view owner);

}  // namespace rig::proxy
