#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/subscriptions/event_sink.hpp>

#include <atomic>
#include <cstddef>
#include <semaphore>
#include <vector>

namespace rig::nats {

/// Gives events from a thread that is no shard to the sink, in their order, one batch at a time:
/// while the shard has too much to do, the caller waits, and what comes meanwhile waits before it.
class HandOver {
 public:
  HandOver(Ref<Shards> shards, ShardId shard, Ref<subscriptions::EventSink> sink)
      : shards_(shards), shard_(shard), sink_(sink) {}

  /// How many were accepted: all, unless `give_up` was called meanwhile. It waits for the shard.
  std::size_t deliver(std::vector<cloudevents::EventRef> events);
  /// Ends a wait for room, now and until `resume`. Any thread.
  void give_up() noexcept {
    gives_up_.store(true);
    ends_wait_.release();
  }
  void resume() noexcept { gives_up_.store(false); }

 private:
  struct Batch;

  Ref<Shards> shards_;
  const ShardId shard_;
  Ref<subscriptions::EventSink> sink_;
  std::atomic<bool> gives_up_{false};
  std::counting_semaphore<> ends_wait_{0};
};

}  // namespace rig::nats
