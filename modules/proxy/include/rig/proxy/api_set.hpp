#pragma once

#include <rig/proxy/api_definition.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace rig::proxy {

class RouteSet;

/// The APIs in force at one moment: active, not `versioned`, by their ids ascending by bytes; then
/// endpoints count by their position. Made once per change and read by all shards; immutable.
struct ApiSet {
  std::uint64_t version = 0;  ///< of this node: rises with each change
  std::vector<std::shared_ptr<const Api>> apis;
  std::shared_ptr<const RouteSet> routes;  ///< compiled from `apis`; null if nobody compiles
};
using ApiSetRef = std::shared_ptr<const ApiSet>;

/// Makes the routes of a set whose `routes` is still null. Called once per change, on a thread that
/// is no shard; must not throw and must not refer to the set itself, only to its APIs.
using CompileRoutes = std::function<std::shared_ptr<const RouteSet>(const ApiSet&)>;

}  // namespace rig::proxy
