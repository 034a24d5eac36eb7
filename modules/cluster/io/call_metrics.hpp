#pragma once

#include <rig/metrics/registry.hpp>
#include <rig/peers/call_result.hpp>

#include <string>
#include <string_view>

namespace rig::cluster {

/// Calls between nodes. Any thread.
struct CallMetrics {
  explicit CallMetrics(metrics::Registry& registry)
      : answered(made(registry, "answered")),
        no_such_node(made(registry, "no_such_node")),
        unreachable(made(registry, "unreachable")),
        timed_out(made(registry, "timed_out")),
        refused(made(registry, "refused")),
        taken(registry.counter(
            {"rig_cluster_calls_taken_total", "Calls of other nodes to this one"})) {}

  void count(const peers::CallResult& result) {
    if (result) return answered.add();
    switch (result.error()) {
      case peers::CallFailure::kNoSuchNode: return no_such_node.add();
      case peers::CallFailure::kUnreachable: return unreachable.add();
      case peers::CallFailure::kTimedOut: return timed_out.add();
      case peers::CallFailure::kRefused:
      case peers::CallFailure::kTooLarge: break;
    }
    refused.add();
  }

  metrics::Counter& answered;
  metrics::Counter& no_such_node;
  metrics::Counter& unreachable;
  metrics::Counter& timed_out;
  metrics::Counter& refused;
  metrics::Counter& taken;

 private:
  static metrics::Counter& made(metrics::Registry& registry, std::string_view result) {
    return registry.counter({"rig_cluster_calls_total", "Calls of this node to others, by result"},
                            {{"result", std::string(result)}});
  }
};

}  // namespace rig::cluster
