#pragma once

#include "logic/local_subscriptions.hpp"

#include <rig/core/assert.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace rig::subscriptions {

class ShardSubscriptions;

/// How messages find the part of their shard. Whoever is on the way keeps it alive, so a message
/// that comes after the part is gone finds nobody and ends there.
class Parts {
 public:
  explicit Parts(std::size_t shards) : slots_(shards) {}

  /// The part of the current shard, or null.
  [[nodiscard]] ShardSubscriptions*& here() noexcept {
    RIG_ASSERT(current_shard() < slots_.size());
    return slots_[current_shard()].part;
  }
  /// Events on their way to a shard or waiting there. Any shard.
  [[nodiscard]] std::atomic<std::size_t>& queued(ShardId shard) noexcept {
    return slots_[shard].queued;
  }

 private:
  struct alignas(64) Slot {
    ShardSubscriptions* part = nullptr;  // of this shard's thread alone
    std::atomic<std::size_t> queued{0};
  };
  std::vector<Slot> slots_;
};

/// The subscriptions of one shard, and the way of events from it to the others: what one turn of
/// the loop publishes leaves as one message for each shard that wants any of it.
class ShardSubscriptions final : private InterestPostman {
 public:
  /// How long a type stays wanted without subscribers: one to two intervals.
  static constexpr std::chrono::seconds kSweepInterval{5};

  ShardSubscriptions(Ref<Shards> shards, std::shared_ptr<Parts> parts,
                     Ref<metrics::Registry> registry, std::size_t event_queue_max);
  virtual ~ShardSubscriptions();

  void replace(Subscriber& subscriber, SubscriptionList list);
  void remove(Subscriber& subscriber) noexcept;
  EventSink::Outcome publish(cloudevents::EventRef event);
  static Task<> handed_over(Ref<ShardSubscriptions> self);

  [[nodiscard]] const LocalSubscriptions& local() const noexcept { return local_; }

 private:
  using Events = std::vector<cloudevents::EventRef>;

  struct SweepTimer : TimerWheel::Timer {
    explicit SweepTimer(ShardSubscriptions& of) noexcept;
    ShardSubscriptions& owner;
  };

  void post(ShardId to, InterestMessage message) override;
  void subscriptions_changed();
  void sweep();
  [[nodiscard]] bool has_room(ShardId shard) const noexcept;
  void flush();
  void deliver(const Events& events);
  void count_forwarded(const cloudevents::Event& event, metrics::Counter*& counter);

  Ref<Shards> shards_;
  std::shared_ptr<Parts> parts_;
  Ref<metrics::Registry> registry_;
  metrics::Gauge& subscriptions_;
  metrics::Counter& overload_drops_;
  const ShardId self_;
  const std::size_t event_queue_max_;
  LocalSubscriptions local_;
  std::size_t in_force_ = 0;      // as the gauge knows
  std::vector<Events> outgoing_;  // of this turn, by receiver
  bool flush_is_due_ = false;
  SweepTimer sweep_timer_;
};

}  // namespace rig::subscriptions
