#pragma once

#include "logic/route_set.hpp"

#include <rig/proxy/api_definition.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rig::proxy {

/// The endpoints whose target no module of this gateway is, each told once, however often the
/// definitions change. On the thread that compiles them.
class MissingTargets {
 public:
  /// `present`: the brokers that there are modules for.
  explicit MissingTargets(std::set<Target> present) : present_(std::move(present)) {}

  /// Those that were not there the last time.
  [[nodiscard]] std::vector<const CompiledRoute*> newly_in(const RouteSet& routes);

 private:
  std::set<Target> present_;
  std::set<std::string> known_;  // the names of the last time
};

}  // namespace rig::proxy
