#pragma once

#include <string>
#include <vector>

namespace rig::proxy {

class RouteSet;

/// What whoever wrote the routes would want to know, each a sentence that names the endpoint: those
/// that another hides, those that can match nothing, and those that the first RIG read differently,
/// which anchored a pattern at its end alone (and of alternatives only the last). For the log at
/// the start and `--check`; takes longer than building the set.
[[nodiscard]] std::vector<std::string> route_warnings(const RouteSet& routes);

}  // namespace rig::proxy
