#pragma once

#include "logic/early_events.hpp"
#include "logic/elsewhere.hpp"
#include "logic/event_log.hpp"
#include "logic/local_subscriptions.hpp"
#include "logic/outside_interest.hpp"
#include "logic/replays.hpp"

#include <rig/core/assert.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_exchange.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
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

/// What the parts of all shards have in common; read only.
struct ShardSettings {
  std::size_t event_queue_max = 0;  ///< events that may wait for one shard
  LogLimits log;
  std::size_t log_types_max = 0;
  std::uint32_t log_id = 0;
  Peers* peers = nullptr;  ///< the other nodes; null: this one is alone
};

/// The subscriptions of one shard, and the way of events: what one turn of a shard's loop publishes
/// leaves as one message for the shard of the log, which gives each event its position and sends it
/// on, as one message for each shard that wants any of it. So all shards see the same order.
class ShardSubscriptions final : private InterestPostman {
 public:
  /// How long a type stays wanted without subscribers: one to two intervals.
  static constexpr std::chrono::seconds kSweepInterval{5};
  /// The shard with the log. Being the first, it is also the first to get what a turn posts to
  /// several shards: what reaches it because of something that another shard got, comes later.
  static constexpr ShardId kLogShard = 0;

  ShardSubscriptions(Ref<Shards> shards, std::shared_ptr<Parts> parts,
                     Ref<metrics::Registry> registry, const ShardSettings& settings);
  virtual ~ShardSubscriptions();

  void replace(Subscriber& subscriber, SubscriptionList list);
  void resume(Subscriber& subscriber, SubscriptionList list, std::string_view cursor);
  void continue_replay(Subscriber& subscriber);
  void remove(Subscriber& subscriber) noexcept;
  EventSink::Outcome publish(cloudevents::EventRef event);
  EventSink::Outcome offer(cloudevents::EventRef event);
  /// The same for what comes from another node: it goes to none. On the log's shard.
  EventSink::Outcome take(cloudevents::EventRef event);
  /// On the log's shard: what is in the log from now on is behind this place of the history.
  void reached(cloudevents::LogPlace place);
  /// On the log's shard: tells the clients of all shards of a gap.
  void missed(std::uint64_t since);
  static Task<> handed_over(Ref<ShardSubscriptions> self);

  /// Of the last event that came here, or that the log had when it last told something else; on the
  /// log's own shard, of the log.
  [[nodiscard]] std::uint64_t position() const noexcept {
    return log_ ? log_->position() : position_;
  }
  /// What had come from other nodes by then; null: nothing.
  [[nodiscard]] const cloudevents::LogPlacesRef& elsewhere() const noexcept {
    return outside_log_ ? outside_log_->places() : elsewhere_;
  }
  [[nodiscard]] const LocalSubscriptions& local() const noexcept { return local_; }

 private:
  using Events = std::vector<cloudevents::EventRef>;

  /// Where the log is, as one shard tells another one.
  struct Here {
    std::uint64_t position = 0;
    cloudevents::LogPlacesRef elsewhere;
  };

  struct SweepTimer : TimerWheel::Timer {
    explicit SweepTimer(ShardSubscriptions& of) noexcept;
    ShardSubscriptions& owner;
  };
  struct Metrics {
    explicit Metrics(metrics::Registry& registry);
    metrics::Gauge& subscriptions;
    metrics::Counter& overload_drops;
    metrics::Counter& replayed;
    metrics::Gauge& log_events;
    metrics::Gauge& log_bytes;
  };

  void put(Subscriber& subscriber, SubscriptionList list);
  void post(ShardId to, InterestMessage message) override;
  void post_outside(InterestMessage message);
  EventSink::Outcome accept(cloudevents::EventRef event);
  void note(const Here& here) noexcept;
  [[nodiscard]] Here here() const;
  void subscriptions_changed();
  void sweep();
  [[nodiscard]] bool has_room(ShardId shard, std::size_t more) const noexcept;
  void flush();
  void end_early_if_over();
  void record_early(const std::vector<std::string>& types);
  void deliver(const Events& events);
  void count_forwarded(const cloudevents::Event& event, metrics::Counter*& counter);

  void ask_for_pages();
  void ask(PageRequest request);
  void receive_page(const PageRequest& request, const EventLog::Page& page);
  void deliver_history(const PageRequest& request);
  void ask_for_history(HistoryWanted wanted);
  void receive_history(const HistoryWanted& wanted, HistoryRef history, std::uint64_t here);

  // On the shard of the log.
  void hear(ShardId from, const InterestMessage& message);
  void answer_for_outside(ShardId to, const InterestMessage& message);
  using Append = std::uint64_t (EventLog::*)(const cloudevents::EventRef&,
                                             EventLog::Clock::time_point);
  void distribute(Events events);
  void record(Events& events, Append append);
  void forward(const Events& events);
  void find_history(ShardId from, HistoryWanted wanted);
  void note_origins(const History& history);
  EventLog::Page read(const PageRequest& request);
  void tell_log_size();

  Ref<Shards> shards_;
  std::shared_ptr<Parts> parts_;
  Ref<metrics::Registry> registry_;
  const ShardSettings& settings_;
  Metrics metrics_;
  const ShardId self_;
  std::optional<EventLog> log_;
  std::size_t log_events_ = 0;  // as the gauges know
  std::size_t log_bytes_ = 0;
  // On the shard of the log, if there are other nodes.
  std::optional<OutsideInterest> outside_;
  std::optional<Elsewhere> outside_log_;
  std::vector<Events> forwarded_;  // by receiver; empty between calls
  LocalSubscriptions local_;
  Replays replays_;
  std::vector<Subscriber*> resuming_;  // whose subscriptions are not in force yet
  EarlyEvents early_;
  bool has_early_ = true;
  std::chrono::steady_clock::time_point early_until_;
  std::uint64_t position_;
  cloudevents::LogPlacesRef elsewhere_;
  std::size_t in_force_ = 0;  // as the gauge knows
  Events outgoing_;           // of this turn
  bool flush_is_due_ = false;
  SweepTimer sweep_timer_;
};

}  // namespace rig::subscriptions
