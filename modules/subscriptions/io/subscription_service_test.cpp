#include "io/testing/service_test.hpp"

#include <rig/core/timer_wheel.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;
using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = EventSink::Outcome;

TEST_F(SubscriptionServiceTest, EventReachesSubscribersOnEveryShardFromEveryShard) {
  std::vector<TestSubscriber*> all;
  all.reserve(kShards);
  for (ShardId shard = 0; shard < kShards; ++shard)
    all.push_back(&subscribed(shard, {subscribe("t"), subscribe("u")}));
  for (ShardId from = 0; from < kShards; ++from) {
    EXPECT_EQ(publish(from, make_event("t", std::to_string(from))), Outcome::kAccepted);
    for (ShardId to = 0; to < kShards; ++to)
      EXPECT_THAT(received(to, *all[to], 1), ElementsAre(std::to_string(from)));
  }
}

TEST_F(SubscriptionServiceTest, EventThatNobodyWantsIsAcceptedAndGone) {
  auto& subscriber = subscribed(1, {subscribe("t")});
  EXPECT_EQ(publish(0, make_event("other", "1")), Outcome::kAccepted);
  EXPECT_EQ(publish(1, make_event("other", "2")), Outcome::kAccepted);
  publish(0, make_event("t", "3"));
  EXPECT_THAT(received(1, subscriber, 1), ElementsAre("3"));
}

// Observed D7, quirk Q6.
TEST_F(SubscriptionServiceTest, EventPublishedWhenSubscriptionsAreEffectiveArrives) {
  constexpr std::size_t kTypes = 100;
  SubscriptionList fresh;
  for (std::size_t i = 0; i < kTypes; ++i) fresh.push_back(subscribe("f" + std::to_string(i)));
  auto& subscriber = *subscribers_[1].emplace_back(std::make_unique<TestSubscriber>());
  subscriber.on_effective = [&] {
    for (ShardId from = 0; from < kShards; ++from) {
      shards_.post(from, [this] {
        for (std::size_t i = 0; i < kTypes; ++i)
          EXPECT_EQ(service_->publish(make_event("f" + std::to_string(i), "x")),
                    Outcome::kAccepted);
      });
    }
  };
  on(1, [&] { service_->replace(subscriber, fresh); });
  EXPECT_EQ(received(1, subscriber, kShards * kTypes).size(), kShards * kTypes);
}

TEST_F(SubscriptionServiceTest, OrderOfAPublishingShardIsKept) {
  auto& near = subscribed(1, {subscribe("t"), subscribe("u")});
  auto& far = subscribed(2, {subscribe("t"), subscribe("u")});
  std::vector<std::string> expected;
  for (int turn = 0; turn < 200; ++turn) {
    on(1, [&] {
      for (int i = 0; i <= turn % 3; ++i) {
        expected.push_back(std::to_string(expected.size()));
        EXPECT_EQ(service_->publish(make_event(i % 2 == 0 ? "t" : "u", expected.back())),
                  Outcome::kAccepted);
      }
    });
  }
  EXPECT_EQ(received(1, near, expected.size()), expected);
  EXPECT_EQ(received(2, far, expected.size()), expected);
}

/// Publishes on `at` and waits until the events are handed over, as a source does that answers.
Task<> publish_and_hand_over(Ref<SubscriptionService> service, cloudevents::EventRef event) {
  EXPECT_EQ(service->publish(std::move(event)), Outcome::kAccepted);
  co_await service->handed_over();
}

TEST_F(SubscriptionServiceTest, WhatWasHandedOverComesBeforeWhatIsPublishedLaterElsewhere) {
  std::vector<TestSubscriber*> all;
  all.reserve(kShards);
  for (ShardId shard = 0; shard < kShards; ++shard)
    all.push_back(&subscribed(shard, {subscribe("t")}));
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 300; ++i) {
    expected.push_back(std::to_string(i));
    const auto from = static_cast<ShardId>(i * 7 % kShards);
    boost::asio::co_spawn(shards_.executor(from),
                          publish_and_hand_over(Ref(*service_), make_event("t", expected.back())),
                          boost::asio::use_future)
        .get();
  }
  for (ShardId shard = 0; shard < kShards; ++shard)
    EXPECT_EQ(received(shard, *all[shard], expected.size()), expected);
}

/// How much longer a shard's mailbox is once an event is handed over.
Task<std::size_t> mailbox_growth(Ref<Shards> shards, ShardId of, Ref<SubscriptionService> service) {
  const std::size_t before = shards->load(of).mailbox;
  co_await publish_and_hand_over(service, make_event("t", "1"));
  co_return shards->load(of).mailbox - before;
}

TEST_F(SubscriptionServiceTest, HandedOverMeansInTheMailbox) {
  auto& subscriber = subscribed(1, {subscribe("t")});
  std::promise<void> goes_on;
  std::promise<void> held;
  shards_.post(1, [&] {
    held.set_value();
    goes_on.get_future().wait();
  });
  held.get_future().wait();
  auto growth =
      boost::asio::co_spawn(shards_.executor(0), mailbox_growth(Ref(shards_), 1, Ref(*service_)),
                            boost::asio::use_future);
  EXPECT_EQ(growth.get(), 1U);
  goes_on.set_value();
  EXPECT_THAT(received(1, subscriber, 1), ElementsAre("1"));
}

// Observed D9.
TEST_F(SubscriptionServiceTest, GaugeFollowsTheSubscriptionsInForce) {
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 0);
  auto& first = subscribed(0, {subscribe("t"), subscribe("u"), subscribe("u", {})});
  subscribed(1, {subscribe("t")});
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 4);
  on(0, [&] { service_->replace(first, {subscribe("t")}); });
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 2);
  remove_all(0);
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 1);
  remove_all(1);
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 0);
}

// Quirk Q19.
TEST_F(SubscriptionServiceTest, ForwardedEventIsCountedOnceHoweverManyGetIt) {
  std::vector<TestSubscriber*> all;
  all.reserve(kShards);
  for (ShardId shard = 0; shard < kShards; ++shard) {
    all.push_back(&subscribed(shard, {subscribe("t", {Clause{{{0, FieldValue("x")}}}})}));
    subscribed(shard, {subscribe("t", {Clause{{{0, FieldValue("x")}}}})});
  }
  publish(0, make_event("t", "1", {FieldValue("x")}));
  publish(1, make_event("t", "2", {FieldValue("x")}));
  publish(1, make_event("t", "nobody", {FieldValue("y")}));
  publish(1, make_event("u", "nobody"));
  for (ShardId shard = 0; shard < kShards; ++shard)
    EXPECT_EQ(received(shard, *all[shard], 2).size(), 2U);
  EXPECT_EQ(registry_.value("rig_consumed_events_forwarded_total,type=t"), 2);
  EXPECT_EQ(registry_.value("rig_consumed_events_forwarded_total,type=u"), -1);
}

TEST_F(SubscriptionServiceTest, FullEventQueueRefusesAndRecovers) {
  auto& here = subscribed(0, {subscribe("t")});
  auto& there = subscribed(1, {subscribe("t")});
  std::size_t accepted = 0;
  std::size_t refused = 0;
  on(0, [&] {
    for (int i = 0; i < 600; ++i) {
      const auto outcome = service_->publish(make_event("t", std::to_string(i)));
      ++(outcome == Outcome::kAccepted ? accepted : refused);
    }
  });
  EXPECT_EQ(accepted, 500U);
  EXPECT_EQ(refused, 100U);
  EXPECT_EQ(received(0, here, accepted).size(), accepted);
  EXPECT_EQ(received(1, there, accepted).size(), accepted);
  EXPECT_EQ(registry_.value("rig_dropped_events_total,reason=overload"), 100);
  EXPECT_EQ(publish(0, make_event("t", "later")), Outcome::kAccepted);
  EXPECT_THAT(received(1, there, 1), ElementsAre("later"));
}

TEST_F(SubscriptionServiceTest, WhatIsOfferedInVainIsNotDropped) {
  auto& here = subscribed(0, {subscribe("t")});
  std::size_t accepted = 0;
  on(0, [&] {
    for (int i = 0; i < 600; ++i) {
      if (service_->offer(make_event("t", std::to_string(i))) == Outcome::kAccepted) ++accepted;
    }
  });
  EXPECT_EQ(accepted, 500U);
  EXPECT_EQ(received(0, here, accepted).size(), accepted);
  EXPECT_EQ(registry_.value("rig_dropped_events_total,reason=overload"), 0);
}

TEST_F(SubscriptionServiceTest, IfOneShardIsOverloadedNobodyGetsTheEvent) {
  auto& here = subscribed(0, {subscribe("t")});
  auto& there = subscribed(1, {subscribe("t")});
  std::promise<void> goes_on;
  shards_.post(1, [held = goes_on.get_future().share()] { held.wait(); });
  for (std::size_t i = 0; i <= kMailboxMax; ++i) shards_.post(1, [] {});
  EXPECT_EQ(publish(0, make_event("t", "refused")), Outcome::kOverloaded);
  EXPECT_EQ(publish(2, make_event("t", "refused")), Outcome::kOverloaded);
  EXPECT_EQ(publish(0, make_event("u", "of no concern")), Outcome::kAccepted);
  goes_on.set_value();
  settle();
  EXPECT_THAT(on(0, [&] { return here.take(); }), IsEmpty());
  EXPECT_THAT(on(1, [&] { return there.take(); }), IsEmpty());
  EXPECT_EQ(registry_.value("rig_dropped_events_total,reason=overload"), 2);
  EXPECT_TRUE(
      eventually([&] { return publish(0, make_event("t", "later")) == Outcome::kAccepted; }));
  EXPECT_THAT(received(0, here, 1), ElementsAre("later"));
}

// Quirk Q13.
TEST_F(SubscriptionServiceTest, TypesThatNobodyWantsAreForgottenOnAllShards) {
  for (int i = 0; i < 20; ++i) subscribed(0, {subscribe("t" + std::to_string(i))});
  const auto types = [&](ShardId shard) {
    return on(shard, [&] { return service_->local().local().interest().types(); });
  };
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_EQ(types(shard), 20U);
  remove_all(0);
  EXPECT_EQ(types(0), 20U) << "they have a grace";
  on(0, [&] {
    const auto grace = LogLimits().age + 10 * ShardSubscriptions::kSweepInterval;
    const auto ticks = grace / TimerWheel::kTick;
    for (std::chrono::milliseconds::rep i = 0; i < ticks; ++i) shards_.wheel().advance();
  });
  settle();
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_EQ(types(shard), 0U);
}

TEST_F(SubscriptionServiceTest, ReadsSubscriptionsWithItsExtractors) {
  const auto good = service_->parse(R"([{"eventType":"t","oneOf":[{"name":"x"}]}])");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ((*good)[0].clauses[0].fields[0].second, FieldValue("x"));
  EXPECT_TRUE(service_->parse(R"([{"eventType":"t","oneOf":[{"nome":"x"}]}])").has_error());
  ASSERT_NE(service_->field_plans().plan_for("t"), nullptr);
  EXPECT_THAT(service_->field_plans().plan_for("t")->fields[0].tokens, ElementsAre("data", "name"));
}

TEST_F(SubscriptionServiceTest, StopsTwice) {
  subscribed(1, {subscribe("t")});
  for (ShardId shard = 0; shard < kShards; ++shard) remove_all(shard);
  stop();
  stop();
}

TEST_F(SinglePartTest, MessageToAShardWithoutPartEndsThere) {
  on_shard_0([&] {
    make_part();
    part_->replace(subscriber_, {subscribe("t")});
  });
  for (int i = 0; i < 3; ++i) run_on(shards_, 1, [] {});
  EXPECT_EQ(subscriber_.times_effective, 0U);
  on_shard_0([&] {
    part_->remove(subscriber_);
    part_.reset();
  });
}

TEST_F(SinglePartTest, EventsOfATurnInWhichThePartGoesAreGone) {
  on_shard_0([&] {
    make_part();
    part_->replace(subscriber_, {subscribe("t")});
    EXPECT_EQ(part_->publish(make_event("t", "1")), Outcome::kAccepted);
    part_->remove(subscriber_);
    part_.reset();
  });
  for (int i = 0; i < 3; ++i) on_shard_0([] {});
  EXPECT_THAT(subscriber_.events, IsEmpty());
}

TEST_F(OnlyShardTest, PartThatGoesTakesItsSubscriptionsWithIt) {
  on_shard_0([&] {
    make_part();
    part_->replace(subscriber_, {subscribe("t"), subscribe("u")});
  });
  EXPECT_EQ(subscriber_.times_effective, 1U);
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 2);
  on_shard_0([&] { part_.reset(); });
  EXPECT_EQ(registry_.value("rig_subscriptions_total"), 0);
}

}  // namespace
}  // namespace rig::subscriptions
