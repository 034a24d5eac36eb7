#include "io/subscription_service.hpp"

#include <rig/core/shard.hpp>

#include <chrono>
#include <random>
#include <utility>

namespace rig::subscriptions {
namespace {

Task<> nothing() { co_return; }

}  // namespace

SubscriptionService::SubscriptionService(SubscriptionsConfig config, Shards& shards,
                                         metrics::Registry& registry)
    : config_(std::move(config)),
      parser_(config_.limits, config_.unknown_fields, config_.extractors),
      claim_rules_(config_.limits, config_.extractors),
      settings_{config_.event_queue_max, config_.log, config_.log_types_max, std::random_device{}(),
                nullptr},
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

Cursor SubscriptionService::cursor() const {
  const auto now = std::chrono::system_clock::now();
  return {settings_.log_id, per_shard_.local().position(),
          static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(now))};
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
