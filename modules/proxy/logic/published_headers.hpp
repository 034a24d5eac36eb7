#pragma once

#include "logic/header_rules.hpp"

#include <rig/proxy/api_definition.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// Stands for a value that is not told.
inline constexpr std::string_view kRedacted = "[redacted]";

/// The headers of a request as an event for a broker shows them: one for each name, in lower case,
/// sorted by name; several lines of one are a list (RFC 9110, 5.3). First come the edits and the
/// claims, in whose place nothing of the client's is left, then the values of those in `redacted`
/// (lower case) are replaced.
[[nodiscard]] std::vector<Header> published_headers(const Headers& headers,
                                                    const HeaderEdits& edits,
                                                    std::span<const ClaimHeader> claims,
                                                    std::span<const std::string_view> redacted);

}  // namespace rig::proxy
