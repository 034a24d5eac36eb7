#include "io/hand_over.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::chrono::milliseconds kPause{5};

}  // namespace

struct HandOver::Batch {
  std::vector<cloudevents::EventRef> events;
  std::size_t accepted = 0;
  std::binary_semaphore had_turn{0};
};

std::size_t HandOver::deliver(std::vector<cloudevents::EventRef> events) {
  const auto batch = std::make_shared<Batch>();
  batch->events = std::move(events);
  for (;;) {
    shards_->post(shard_, [batch, sink = sink_] {
      using Outcome = subscriptions::EventSink::Outcome;
      while (batch->accepted < batch->events.size() &&
             sink->offer(batch->events[batch->accepted]) == Outcome::kAccepted)
        ++batch->accepted;
      batch->had_turn.release();
    });
    batch->had_turn.acquire();
    if (batch->accepted == batch->events.size() || gives_up_.load()) break;
    (void)ends_wait_.try_acquire_for(kPause);
  }
  return batch->accepted;
}

}  // namespace rig::nats
