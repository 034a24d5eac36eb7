#include "logic/missing_targets.hpp"

#include <utility>

namespace rig::proxy {

std::vector<const CompiledRoute*> MissingTargets::newly_in(const RouteSet& routes) {
  std::vector<const CompiledRoute*> added;
  std::set<std::string> names;
  for (const auto& route : routes.routes()) {
    const auto target = route.endpoint->target;
    if (target == Target::kHttp || present_.contains(target)) continue;
    if (route.endpoint->method == "OPTIONS") continue;  // answered without it
    names.insert(route.name);
    if (!known_.contains(route.name)) added.push_back(&route);
  }
  known_ = std::move(names);
  return added;
}

}  // namespace rig::proxy
