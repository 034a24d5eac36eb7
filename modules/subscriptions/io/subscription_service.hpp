#pragma once

#include "config.hpp"
#include "io/shard_subscriptions.hpp"
#include "logic/claims.hpp"
#include "logic/subscription_parser.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_exchange.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rig::subscriptions {

/// The ports of this module: settings that all shards read, and a part on each shard that does the
/// work. The calls of all ports are made on shards, between `start` and `stop`.
class SubscriptionService final : public Subscriptions, public EventSink, public EventExchange {
 public:
  SubscriptionService(SubscriptionsConfig config, Shards& shards, metrics::Registry& registry);

  Task<> start();  ///< on any shard; awaited by the owner
  Task<> stop();   ///< safe to call twice

  [[nodiscard]] boost::system::result<SubscriptionList, std::string> parse(
      std::string_view json) const override {
    return parser_.parse(json);
  }
  [[nodiscard]] boost::system::result<SubscriptionList, RequestError> parse_request(
      std::string_view json) const override {
    return parser_.parse_request(json);
  }
  [[nodiscard]] boost::system::result<SubscriptionList, std::string> permitted(
      SubscriptionList asked, std::span<const boost::json::object* const> claims) const override {
    return claim_rules_.permitted(std::move(asked), claims);
  }
  [[nodiscard]] boost::system::result<SubscriptionList, std::string> narrowed(
      SubscriptionList asked, std::span<const boost::json::object* const> claims) const override {
    return claim_rules_.narrowed(std::move(asked), claims);
  }
  void replace(Subscriber& subscriber, SubscriptionList list) override;
  void resume(Subscriber& subscriber, SubscriptionList list, std::string_view cursor) override {
    per_shard_.local().resume(subscriber, std::move(list), cursor);
  }
  void continue_replay(Subscriber& subscriber) override {
    per_shard_.local().continue_replay(subscriber);
  }
  [[nodiscard]] Cursor cursor() const override;
  [[nodiscard]] Cursor cursor_of(const cloudevents::Event& event) const noexcept override {
    return cursor_at(event.log_mark());
  }
  Task<> settled() override;
  void connect(Peers& peers) override;
  [[nodiscard]] Outcome take(cloudevents::EventRef event) override {
    return per_shard_.local().take(std::move(event));
  }
  void reached(cloudevents::LogPlace place) override { per_shard_.local().reached(place); }
  void missed(std::uint64_t since) override { per_shard_.local().missed(since); }
  [[nodiscard]] std::chrono::milliseconds age_max() const noexcept override {
    return config_.log.age;
  }
  void remove(Subscriber& subscriber) noexcept override { per_shard_.local().remove(subscriber); }
  [[nodiscard]] Outcome publish(cloudevents::EventRef event) override;
  [[nodiscard]] Outcome offer(cloudevents::EventRef event) override;
  Task<> handed_over() override { return ShardSubscriptions::handed_over(Ref(per_shard_.local())); }
  [[nodiscard]] const cloudevents::FieldPlans& field_plans() const override {
    return config_.extractors;
  }

  /// The part of the current shard.
  [[nodiscard]] const ShardSubscriptions& local() const { return per_shard_.local(); }

 private:
  static Cursor cursor_at(const cloudevents::LogMark& mark);
  static Task<> settled_here(Ref<Shards> shards, Ref<SubscriptionService> self);

  const SubscriptionsConfig config_;
  const SubscriptionParser parser_;
  const ClaimRules claim_rules_;
  ShardSettings settings_;  // as it is at the start
  Ref<Shards> shards_;
  Ref<metrics::Registry> registry_;
  std::shared_ptr<Parts> parts_;
  Sharded<ShardSubscriptions> per_shard_;
};

}  // namespace rig::subscriptions
