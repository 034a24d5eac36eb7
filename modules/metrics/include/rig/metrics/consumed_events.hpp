#pragma once

#include <rig/metrics/registry.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace rig::metrics {

/// What every source of events counts, under the names that dashboards know (`operations.md` 9).
/// Ask for it once per source and topic, not per event. Any thread.
class ConsumedEvents {
 public:
  /// `source`: "http", "kafka", …; `topic`: where in the source the events come from.
  ConsumedEvents(Registry& registry, std::string_view source, std::string_view topic)
      : consumed_(registry.counter(
            {"rig_consumed_events_total", "Events that came in, those that failed included"},
            labels(source, topic))),
        failed_(registry.counter(
            {"rig_consumed_events_failed_total", "Events that came in and were not passed on"},
            labels(source, topic))),
        duration_(registry.histogram(
            {"rig_consumed_event_processing_duration_milliseconds",
             "From the receipt of an event until it is on its way to the subscribers"},
            Registry::HistogramUnit::kMilliseconds, bounds(), labels(source, topic))) {}

  void accepted(std::chrono::nanoseconds took, std::size_t events = 1) noexcept {
    consumed_.add(events);
    duration_.observe(took, events);
  }
  void failed(std::size_t events = 1) noexcept {
    consumed_.add(events);
    failed_.add(events);
  }

 private:
  static Labels labels(std::string_view source, std::string_view topic) {
    return {{"source", std::string(source)}, {"topic", std::string(topic)}};
  }
  static std::vector<std::chrono::nanoseconds> bounds() {
    using std::chrono::milliseconds;
    return {milliseconds(1),   milliseconds(2),   milliseconds(5),   milliseconds(10),
            milliseconds(25),  milliseconds(50),  milliseconds(75),  milliseconds(100),
            milliseconds(250), milliseconds(500), milliseconds(750), milliseconds(1000)};
  }

  Counter& consumed_;
  Counter& failed_;
  Histogram& duration_;
};

}  // namespace rig::metrics
