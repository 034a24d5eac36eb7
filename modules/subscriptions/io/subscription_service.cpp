#include "io/subscription_service.hpp"

#include <rig/core/shard.hpp>

#include <utility>

namespace rig::subscriptions {

SubscriptionService::SubscriptionService(SubscriptionsConfig config, Shards& shards,
                                         metrics::Registry& registry)
    : config_(std::move(config)),
      parser_(config_.limits, config_.unknown_fields, config_.extractors),
      shards_(shards),
      registry_(registry),
      parts_(std::make_shared<Parts>(shards.count())),
      per_shard_(shards) {}

Task<> SubscriptionService::start() {
  auto make = [this](ShardId) {
    return std::make_unique<ShardSubscriptions>(shards_, parts_, registry_,
                                                config_.event_queue_max);
  };
  co_await per_shard_.start(std::move(make));
}

Task<> SubscriptionService::stop() { co_await per_shard_.stop(); }

void SubscriptionService::replace(Subscriber& subscriber, SubscriptionList list) {
  per_shard_.local().replace(subscriber, std::move(list));
}

EventSink::Outcome SubscriptionService::publish(cloudevents::EventRef event) {
  return per_shard_.local().publish(std::move(event));
}

}  // namespace rig::subscriptions
