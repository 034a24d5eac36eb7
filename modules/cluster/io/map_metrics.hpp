#pragma once

#include <rig/metrics/registry.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace rig::cluster {

/// What is counted of one map. `set_revision` on shard 0.
class MapMetrics {
 public:
  MapMetrics(metrics::Registry& registry, const std::string& map)
      : writes(registry.counter({"rig_cluster_map_writes_total", "Changes that this node has made"},
                                {{"map", map}})),
        conflicts(registry.counter(
            {"rig_cluster_map_conflicts_total", "Changes that another node was faster than"},
            {{"map", map}})),
        unavailable(registry.counter(
            {"rig_cluster_map_unavailable_total", "Changes that NATS could not be told"},
            {{"map", map}})),
        invalid(registry.counter(
            {"rig_cluster_map_invalid_total", "Entries of a map that could not be read"},
            {{"map", map}})),
        revision_(registry.gauge(
            {"rig_cluster_map_revision", "Of the last change of the map that this node knows"},
            {{"map", map}})) {}

  void set_revision(std::uint64_t revision) noexcept {
    const auto now = static_cast<std::int64_t>(revision);
    revision_.add(now - std::exchange(counted_, now));
  }

  metrics::Counter& writes;
  metrics::Counter& conflicts;
  metrics::Counter& unavailable;
  metrics::Counter& invalid;

 private:
  metrics::Gauge& revision_;
  std::int64_t counted_ = 0;
};

}  // namespace rig::cluster
