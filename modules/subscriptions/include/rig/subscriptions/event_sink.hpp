#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/cloudevents/field_plan.hpp>
#include <rig/core/task.hpp>

#include <cstdint>
#include <string_view>

namespace rig::subscriptions {

/// Where events enter, from any source. The calls are made on a shard.
class EventSink {
 public:
  static constexpr std::string_view kPort = "subscriptions.event_sink";

  enum class Outcome : std::uint8_t {
    kAccepted,    ///< on its way to every shard with a subscriber of its type, in the order of the
                  ///< calls
    kOverloaded,  ///< a shard has too much to do; nothing was delivered, try again later
  };

  [[nodiscard]] virtual Outcome publish(cloudevents::EventRef event) = 0;

  /// The same for a source that keeps what is not accepted and offers it again: it is not counted
  /// as dropped.
  [[nodiscard]] virtual Outcome offer(cloudevents::EventRef event) = 0;

  /// Done when what this shard has published so far is in the mailbox of each receiver. A source
  /// that answers its producer waits for it: what the producer sends next, in whatever way, is then
  /// delivered after it.
  virtual Task<> handed_over() = 0;

  /// Done when everything that has been published, on any shard, is delivered.
  virtual Task<> settled() = 0;

  /// What to take from events while they are decoded.
  [[nodiscard]] virtual const cloudevents::FieldPlans& field_plans() const = 0;

 protected:
  ~EventSink() = default;
};

}  // namespace rig::subscriptions
