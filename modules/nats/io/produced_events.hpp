#pragma once

#include <rig/core/ref.hpp>
#include <rig/metrics/registry.hpp>

#include <cstddef>
#include <string>
#include <unordered_map>

namespace rig::nats {

/// Counts what is published, by topic, under the names that dashboards know (`operations.md` 9). Of
/// one shard: the registry is asked once per topic.
class ProducedEvents {
 public:
  explicit ProducedEvents(Ref<metrics::Registry> registry) : registry_(registry) {}

  void count(const std::string& topic, bool went_well) {
    auto& counters = of(topic);
    (went_well ? counters.produced : counters.failed).add();
  }

 private:
  struct Counters {
    metrics::Counter& produced;
    metrics::Counter& failed;
  };

  Counters& of(const std::string& topic) {
    if (const auto found = by_topic_.find(topic); found != by_topic_.end()) return found->second;
    // Topics come and go with definitions; the registry has a limit for them, too.
    if (by_topic_.size() >= metrics::Registry::kLabelSetsMax) by_topic_.clear();
    const metrics::Labels labels{{"target", "nats"}, {"topic", topic}};
    Counters counters{
        registry_->counter({"rig_produced_events_total", "Messages that brokers took"}, labels),
        registry_->counter(
            {"rig_produced_events_failed_total", "Messages that brokers did not take"}, labels)};
    return by_topic_.emplace(topic, counters).first->second;
  }

  Ref<metrics::Registry> registry_;
  std::unordered_map<std::string, Counters> by_topic_;
};

}  // namespace rig::nats
