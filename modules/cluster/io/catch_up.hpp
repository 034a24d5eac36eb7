#pragma once

#include "io/fences.hpp"
#include "logic/subjects.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/cloudevents/field_plan.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/nats/stream.hpp>
#include <rig/subscriptions/history.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace rig::cluster {

/// What a node does when its connection comes back: it reads from the stream what other nodes have
/// published meanwhile. Lives on shard 0.
class CatchUp {
 public:
  /// All events since the node was there last, also of types that it does not want; null: they
  /// cannot be had.
  using Done = std::function<void(subscriptions::HistoryRef)>;

  CatchUp(Ref<Shards> shards, Ref<nats::Stream> stream, Ref<Fences> fences,
          Ref<const Subjects> subjects, const cloudevents::FieldPlans& plans);

  /// The node has all that was recorded up to there.
  void reached(cloudevents::LogPlace place) noexcept { last_ = place; }
  /// With a connection that is new; what was begun with another one is given up. Takes ten seconds
  /// at most, and the time of a reading.
  void begin(Done done);
  void stop() noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  struct Timer : TimerWheel::Timer {
    explicit Timer(CatchUp& of) noexcept;
    CatchUp& owner;
  };
  struct Here {
    CatchUp* catch_up;  // null: it is over
  };

  void try_now();
  void try_again();
  void read_upto(cloudevents::LogPlace end);
  void finish(std::uint64_t attempt, subscriptions::HistoryRef history);

  Ref<Shards> shards_;
  Ref<nats::Stream> stream_;
  Ref<Fences> fences_;
  Ref<const Subjects> subjects_;
  const cloudevents::FieldPlans& plans_;
  std::shared_ptr<Here> here_;
  cloudevents::LogPlace last_;
  std::uint64_t attempt_ = 0;
  Clock::time_point deadline_;
  Done done_;
  Timer timer_;
};

}  // namespace rig::cluster
