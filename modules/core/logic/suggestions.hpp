#pragma once

#include <rig/core/env.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rig::core {

/// Finds the variables that were meant for this program but that nothing reads: their name starts
/// like one of ours, or is close to one. Each becomes a sentence with a suggestion if there is one:
/// `RIG_SHARD is not a setting of RIG; did you mean RIG_SHARDS?`
/// Variables that Kubernetes, Docker and other programs set for themselves are left alone.
[[nodiscard]] std::vector<std::string> unknown_settings(const EnvSnapshot& env,
                                                        const std::set<std::string_view>& known);

/// How many characters must be inserted, removed, replaced or swapped with their neighbour to make
/// one of the other; each stretch of characters is edited once.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace rig::core
