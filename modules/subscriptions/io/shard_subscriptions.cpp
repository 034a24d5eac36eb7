#include "io/shard_subscriptions.hpp"

#include <rig/core/assert.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace rig::subscriptions {

ShardSubscriptions::SweepTimer::SweepTimer(ShardSubscriptions& of) noexcept
    : Timer([](Timer& timer) noexcept { static_cast<SweepTimer&>(timer).owner.sweep(); }),
      owner(of) {}

ShardSubscriptions::ShardSubscriptions(Ref<Shards> shards, std::shared_ptr<Parts> parts,
                                       Ref<metrics::Registry> registry, std::size_t event_queue_max)
    : shards_(shards),
      parts_(std::move(parts)),
      registry_(registry),
      subscriptions_(registry->gauge({"rig_subscriptions_total", "Subscriptions in force"})),
      overload_drops_(registry->counter(
          {"rig_dropped_events_total", "Events that did not reach a receiver, by reason"},
          {{"reason", "overload"}})),
      self_(current_shard()),
      event_queue_max_(event_queue_max),
      local_(self_, shards->count(), *this),
      outgoing_(shards->count()),
      sweep_timer_(*this) {
  parts_->here() = this;
}

ShardSubscriptions::~ShardSubscriptions() {
  RIG_ASSERT(current_shard() == self_);
  parts_->here() = nullptr;
  subscriptions_.sub(static_cast<std::int64_t>(in_force_));
}

void ShardSubscriptions::replace(Subscriber& subscriber, SubscriptionList list) {
  local_.replace(subscriber, std::move(list));
  subscriptions_changed();
}

void ShardSubscriptions::remove(Subscriber& subscriber) noexcept {
  local_.remove(subscriber);
  subscriptions_changed();
}

void ShardSubscriptions::post(ShardId to, InterestMessage message) {
  shards_->post(to, [parts = parts_, from = self_, message = std::move(message)] {
    ShardSubscriptions* part = parts->here();
    if (part == nullptr) return;
    part->local_.receive(from, message);
    part->subscriptions_changed();
  });
}

void ShardSubscriptions::subscriptions_changed() {
  const std::size_t now = local_.in_force();
  if (now != in_force_) {
    subscriptions_.add(static_cast<std::int64_t>(now) - static_cast<std::int64_t>(in_force_));
    in_force_ = now;
  }
  if (local_.has_idle_types() && !sweep_timer_.armed())
    shards_->wheel().arm(sweep_timer_, kSweepInterval);
}

void ShardSubscriptions::sweep() {
  local_.sweep();
  subscriptions_changed();
}

bool ShardSubscriptions::has_room(ShardId shard) const noexcept {
  const auto waiting = parts_->queued(shard).load(std::memory_order_relaxed);
  return waiting + outgoing_[shard].size() < event_queue_max_ && shards_->accepts(shard);
}

EventSink::Outcome ShardSubscriptions::publish(cloudevents::EventRef event) {
  const ShardSet* wanted_by = local_.wanted_by(event->type());
  if (wanted_by == nullptr) return EventSink::Outcome::kAccepted;
  const auto shards = static_cast<ShardId>(outgoing_.size());
  for (ShardId to = 0; to < shards; ++to) {
    if (wanted_by->test(to) && !has_room(to)) {
      overload_drops_.add();
      return EventSink::Outcome::kOverloaded;
    }
  }
  for (ShardId to = 0; to < shards; ++to) {
    if (wanted_by->test(to)) outgoing_[to].push_back(event);
  }
  if (!std::exchange(flush_is_due_, true)) {
    boost::asio::post(shards_->executor(self_), [parts = parts_] {
      if (ShardSubscriptions* part = parts->here()) part->flush();
    });
  }
  return EventSink::Outcome::kAccepted;
}

/// At the end of a turn. This shard's own events go through its mailbox like those of others: the
/// mailbox gives one order to everything that is delivered here.
void ShardSubscriptions::flush() {
  flush_is_due_ = false;
  const auto shards = static_cast<ShardId>(outgoing_.size());
  for (ShardId to = 0; to < shards; ++to) {
    if (outgoing_[to].empty()) continue;
    parts_->queued(to).fetch_add(outgoing_[to].size(), std::memory_order_relaxed);
    shards_->post(to, [parts = parts_, events = std::exchange(outgoing_[to], {})] {
      parts->queued(current_shard()).fetch_sub(events.size(), std::memory_order_relaxed);
      if (ShardSubscriptions* part = parts->here()) part->deliver(events);
    });
  }
  shards_->flush();
}

Task<> ShardSubscriptions::handed_over(Ref<ShardSubscriptions> self) {
  // The flush is in the loop's queue already; what is posted now runs behind it.
  if (self->flush_is_due_)
    co_await boost::asio::post(self->shards_->executor(self->self_), kUseTask);
}

void ShardSubscriptions::deliver(const Events& events) {
  const auto matched = local_.match(events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (matched[i].deliveries != 0 && events[i]->first_match())
      count_forwarded(*events[i], *matched[i].counter);
  }
}

void ShardSubscriptions::count_forwarded(const cloudevents::Event& event,
                                         metrics::Counter*& counter) {
  if (counter == nullptr) {
    counter = &registry_->counter(
        {"rig_consumed_events_forwarded_total", "Events that matched at least one subscription"},
        {{"type", event.type()}});
  }
  counter->add();
}

}  // namespace rig::subscriptions
