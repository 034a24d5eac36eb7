#pragma once

#include <rig/metrics/registry.hpp>

#include <string>
#include <string_view>

namespace rig::cluster {

/// What this module counts. Any thread.
struct ClusterMetrics {
  explicit ClusterMetrics(metrics::Registry& registry)
      : events_in(messages(registry, "in", "event")),
        events_out(messages(registry, "out", "event")),
        members_in(messages(registry, "in", "member")),
        members_out(messages(registry, "out", "member")),
        invalid(lost(registry, "invalid")),
        overload(lost(registry, "overload")),
        not_connected(lost(registry, "not_connected")),
        too_large(lost(registry, "too_large")),
        interest(registry.gauge(
            {"rig_cluster_interest_types", "Event types that this node asks other nodes for"})) {}

  metrics::Counter& events_in;
  metrics::Counter& events_out;
  metrics::Counter& members_in;
  metrics::Counter& members_out;
  metrics::Counter& invalid;
  metrics::Counter& overload;
  metrics::Counter& not_connected;
  metrics::Counter& too_large;
  metrics::Gauge& interest;

 private:
  static metrics::Counter& messages(metrics::Registry& registry, std::string_view direction,
                                    std::string_view kind) {
    return registry.counter(
        {"rig_cluster_messages_total", "Messages between the nodes of the cluster"},
        {{"direction", std::string(direction)}, {"kind", std::string(kind)}});
  }
  static metrics::Counter& lost(metrics::Registry& registry, std::string_view reason) {
    return registry.counter(
        {"rig_cluster_lost_messages_total", "Messages between nodes that did not get through"},
        {{"reason", std::string(reason)}});
  }
};

}  // namespace rig::cluster
