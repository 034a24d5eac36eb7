#pragma once

#include "io/library.hpp"
#include "logic/pace.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/core/ref.hpp>
#include <rig/metrics/consumed_events.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_sink.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::nats {

/// Events out of messages. Those that are none are counted and logged, at most one a second.
class EventDecoder {
 public:
  /// `topic`: where the messages come from, for metrics and the log.
  EventDecoder(std::string topic, Ref<subscriptions::EventSink> sink,
               Ref<metrics::ConsumedEvents> consumed, metrics::Registry& registry);

  /// Appends the events of a message; false if it has none.
  bool decode(natsMsg* message, std::vector<cloudevents::EventRef>& events);

 private:
  void note_bad(const natsMsg* message, std::string_view reason, bool is_unsupported);

  const std::string topic_;
  Ref<subscriptions::EventSink> sink_;
  Ref<metrics::ConsumedEvents> consumed_;
  metrics::Counter& invalid_;
  metrics::Counter& unsupported_;
  Pace pace_;
};

}  // namespace rig::nats
