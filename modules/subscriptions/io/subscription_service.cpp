#include "io/subscription_service.hpp"

#include <rig/core/shard.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>

namespace rig::subscriptions {
namespace {

Task<> nothing() { co_return; }

/// Differs from that of every other log, also of the one that this node had before. Zero is none.
std::uint32_t new_log_id() { return std::max(std::random_device{}(), 1U); }

}  // namespace

SubscriptionService::SubscriptionService(SubscriptionsConfig config, Shards& shards,
                                         metrics::Registry& registry)
    : config_(std::move(config)),
      parser_(config_.limits, config_.unknown_fields, config_.extractors),
      claim_rules_(config_.limits, config_.extractors),
      settings_{config_.event_queue_max, config_.log, config_.log_types_max, new_log_id(), nullptr},
      shards_(shards),
      registry_(registry),
      parts_(std::make_shared<Parts>(shards.count())),
      per_shard_(shards) {}

Task<> SubscriptionService::start() {
  auto make = [this](ShardId) {
    return std::make_unique<ShardSubscriptions>(shards_, parts_, registry_, settings_);
  };
  co_await per_shard_.start(std::move(make));
}

Task<> SubscriptionService::stop() { co_await per_shard_.stop(); }

void SubscriptionService::replace(Subscriber& subscriber, SubscriptionList list) {
  per_shard_.local().replace(subscriber, std::move(list));
}

/// What came before anybody wanted it is in the history of all nodes, so no shard keeps it.
void SubscriptionService::connect(Peers& peers) {
  settings_.peers = &peers;
  settings_.log.restart_grace = {};
}

Cursor SubscriptionService::cursor_at(const cloudevents::LogMark& mark) {
  Cursor cursor{mark.place.log, mark.place.position, mark.seconds, {}};
  if (mark.elsewhere != nullptr) cursor.elsewhere = *mark.elsewhere;
  return cursor;
}

Cursor SubscriptionService::cursor() const {
  const auto& here = per_shard_.local();
  const auto now = std::chrono::system_clock::now();
  return cursor_at({{settings_.log_id, here.position()},
                    static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(now)),
                    here.elsewhere()});
}

/// What each shard has published gets to the log, and what the log has sent on gets to each shard:
/// a task for a shard comes behind what was posted to it before.
Task<> SubscriptionService::settled() {
  const auto shards = static_cast<ShardId>(shards_->count());
  for (ShardId shard = 0; shard < shards; ++shard) {
    co_await on_shard(shards_, shard, settled_here(shards_, Ref(*this)));
  }
  co_await on_shard(shards_, ShardSubscriptions::kLogShard, nothing());
  for (ShardId shard = 0; shard < shards; ++shard) co_await on_shard(shards_, shard, nothing());
}

Task<> SubscriptionService::settled_here(Ref<Shards> shards, Ref<SubscriptionService> self) {
  co_await self->handed_over();
  shards->flush();
}

EventSink::Outcome SubscriptionService::publish(cloudevents::EventRef event) {
  return per_shard_.local().publish(std::move(event));
}

EventSink::Outcome SubscriptionService::offer(cloudevents::EventRef event) {
  return per_shard_.local().offer(std::move(event));
}

}  // namespace rig::subscriptions
