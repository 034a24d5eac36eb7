#include "io/subscription_service.hpp"

#include "io/testing/test_registry.hpp"
#include "logic/test_subscriber.hpp"

#include <rig/core/shard.hpp>
#include <rig/core/timer_wheel.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// On real shards: threads, mailboxes and timers.

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;
using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = EventSink::Outcome;

/// The answer of `ask()`, run on that shard.
template <class Ask>
auto run_on(Shards& shards, ShardId shard, Ask ask) {
  std::packaged_task<decltype(ask())()> task(std::move(ask));
  auto answer = task.get_future();
  shards.post(shard, std::move(task));
  return answer.get();
}

class SubscriptionServiceTest : public testing::Test {
 public:
  ~SubscriptionServiceTest() override {
    for (ShardId shard = 0; shard < kShards; ++shard) remove_all(shard);
    stop();
    shards_.finish();
  }

 protected:
  static constexpr std::size_t kShards = 3;
  static constexpr std::size_t kMailboxMax = 1000;

  SubscriptionServiceTest() {
    SubscriptionsConfig config;
    config.event_queue_max = 500;
    std::vector<std::string> problems;
    config.extractors = Extractors::parse(
        R"({"t": {"name": {"stable_field_index": 0, "event": {"json_pointer": "/data/name"}}}})",
        256, problems);
    service_ = std::make_unique<SubscriptionService>(std::move(config), shards_, registry_);
    shards_.start();
    run(service_->start());
  }

  void run(Task<> task) {
    boost::asio::co_spawn(shards_.executor(0), std::move(task), boost::asio::use_future).get();
  }
  void stop() { run(service_->stop()); }

  template <class Ask>
  auto on(ShardId shard, Ask ask) {
    return run_on(shards_, shard, std::move(ask));
  }

  /// Waits until `holds()`; false if that takes unreasonably long.
  template <class Holds>
  static bool eventually(Holds holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  /// A subscriber that came back with a cursor and has got everything up to now.
  TestSubscriber& resumed(ShardId shard, SubscriptionList list, const std::string& cursor) {
    auto owned = std::make_unique<TestSubscriber>();
    TestSubscriber& subscriber = *owned;
    subscribers_[shard].push_back(std::move(owned));
    subscriber.on_page = [this, &subscriber](bool is_last) {
      if (!is_last) service_->continue_replay(subscriber);
    };
    on(shard, [&] { service_->resume(subscriber, std::move(list), cursor); });
    EXPECT_TRUE(eventually([&] { return on(shard, [&] { return subscriber.is_live; }); }));
    return subscriber;
  }
  std::vector<std::string> events_of(ShardId shard, const TestSubscriber& subscriber) {
    return on(shard, [&] { return subscriber.events; });
  }

  /// A subscriber on `shard` whose subscriptions are in force.
  TestSubscriber& subscribed(ShardId shard, SubscriptionList list) {
    auto owned = std::make_unique<TestSubscriber>();
    TestSubscriber& subscriber = *owned;
    subscribers_[shard].push_back(std::move(owned));
    on(shard, [&] { service_->replace(subscriber, std::move(list)); });
    EXPECT_TRUE(eventually([&] { return on(shard, [&] { return subscriber.times_effective; }); }));
    return subscriber;
  }

  void remove_all(ShardId shard) {
    on(shard, [&] {
      for (const auto& subscriber : subscribers_[shard]) service_->remove(*subscriber);
      subscribers_[shard].clear();
    });
  }

  Outcome publish(ShardId shard, cloudevents::EventRef event) {
    return on(shard, [&] { return service_->publish(event); });
  }

  /// What the subscriber has got once everything that was published before has arrived.
  std::vector<std::string> received(ShardId shard, TestSubscriber& subscriber, std::size_t count) {
    EXPECT_TRUE(
        eventually([&] { return on(shard, [&] { return subscriber.events.size() >= count; }); }));
    settle();
    return on(shard, [&] { return subscriber.take(); });
  }

  /// Returns when what was posted before has been run, and what that has posted, on all shards.
  void settle() {
    for (int round = 0; round < 4; ++round) {
      for (ShardId shard = 0; shard < kShards; ++shard) on(shard, [] {});
    }
  }

  Shards shards_{kShards, kMailboxMax};
  TestRegistry registry_{kShards};
  std::map<ShardId, std::vector<std::unique_ptr<TestSubscriber>>> subscribers_;
  std::unique_ptr<SubscriptionService> service_;
};

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

TEST_F(SubscriptionServiceTest, WhoComesBackGetsWhatItMissedAndThenWhatIsPublished) {
  for (ShardId shard = 0; shard < kShards; ++shard) {
    const std::string type = "t" + std::to_string(shard);
    const auto publish_from = [&](ShardId from, const std::string& id) {
      on(from, [&] { return service_->publish(make_event(type, id)); });
      run(service_->settled());
    };
    auto& first = subscribed(shard, {subscribe(type)});
    publish_from(0, "1");
    EXPECT_THAT(events_of(shard, first), ElementsAre("1"));
    const auto cursor = on(shard, [&] { return service_->cursor().text(); });
    remove_all(shard);
    publish_from(1, "2");
    publish_from(2, "3");
    auto& second = resumed(shard, {subscribe(type)}, cursor);
    publish_from(1, "4");
    EXPECT_THAT(events_of(shard, second), ElementsAre("2", "3", "4")) << "on shard " << shard;
    EXPECT_THAT(on(shard, [&] { return second.gaps; }), IsEmpty());
  }
}

TEST_F(SubscriptionServiceTest, AReplayHasOnlyWhatTheSubscriptionsAskFor) {
  const Clause alice{{{0, FieldValue("alice")}}};
  auto& other = subscribed(1, {subscribe("t")});
  const auto cursor = on(1, [&] { return service_->cursor().text(); });
  on(0, [&] {
    for (const auto& event :
         {make_event("t", "1", {FieldValue("alice")}), make_event("t", "2", {FieldValue("bob")}),
          make_event("t", "3", {FieldValue("alice")})})
      EXPECT_EQ(service_->publish(event), Outcome::kAccepted);
  });
  run(service_->settled());
  auto& back = resumed(2, {subscribe("t", {alice})}, cursor);
  EXPECT_THAT(events_of(2, back), ElementsAre("1", "3"));
  EXPECT_THAT(events_of(1, other), ElementsAre("1", "2", "3"));
}

TEST_F(SubscriptionServiceTest, ACursorThatCannotBeResumedFromIsAGap) {
  subscribed(0, {subscribe("t")});
  on(0, [&] { return service_->publish(make_event("t", "1")); });
  run(service_->settled());
  auto restarted = on(0, [&] { return service_->cursor(); });
  restarted.log ^= 1;
  restarted.seconds = 1234;
  auto& back = resumed(1, {subscribe("t")}, restarted.text());
  EXPECT_THAT(events_of(1, back), ElementsAre("1")) << "all that this log has came later";
  EXPECT_THAT(on(1, [&] { return back.gaps; }), ElementsAre("restarted since 1234"));

  auto& lost = resumed(2, {subscribe("t")}, "what is this?");
  EXPECT_THAT(events_of(2, lost), IsEmpty());
  EXPECT_THAT(on(2, [&] { return lost.gaps; }), ElementsAre("unknown since 0"));

  auto& stranger = resumed(2, {subscribe("never heard of")}, on(0, [&] {
                             auto past = service_->cursor();
                             past.position -= 1;
                             past.seconds = 77;
                             return past.text();
                           }));
  EXPECT_THAT(on(2, [&] { return stranger.gaps; }), ElementsAre("expired since 77"));
}

// Even if the log has the event before it is asked for anything.
TEST_F(SubscriptionServiceTest, WithACursorThatIsNoneEventsCountFromWhenSubscriptionsAreEffective) {
  subscribed(1, {subscribe("t")});
  publish(0, make_event("t", "before"));
  run(service_->settled());
  auto& subscriber = *subscribers_[1].emplace_back(std::make_unique<TestSubscriber>());
  subscriber.on_effective = [this] {
    const auto at_once = [this](const std::function<void()>& act) {
      std::promise<void> done;
      boost::asio::post(shards_.executor(0), [&] {
        act();
        done.set_value();
      });
      done.get_future().get();
    };
    at_once([this] { EXPECT_EQ(service_->publish(make_event("t", "1")), Outcome::kAccepted); });
    at_once([] {});  // behind the flush
  };
  on(1, [&] { service_->resume(subscriber, {subscribe("t")}, "what is this?"); });
  EXPECT_THAT(received(1, subscriber, 1), ElementsAre("1"));
  EXPECT_THAT(on(1, [&] { return subscriber.gaps; }), ElementsAre("unknown since 0"));
}

TEST_F(SubscriptionServiceTest, WhatIsPublishedBeforeTheFirstOldClientIsBackIsKeptForIt) {
  for (ShardId from = 0; from < kShards; ++from)
    on(from, [&] { return service_->publish(make_event("t", std::to_string(from))); });
  run(service_->settled());
  auto& fresh = subscribed(1, {subscribe("t")});
  auto& back = resumed(2, {subscribe("t")}, "1-1-1");
  on(0, [&] { return service_->publish(make_event("t", "9")); });
  run(service_->settled());
  EXPECT_THAT(events_of(2, back), testing::UnorderedElementsAre("0", "1", "2", "9"));
  EXPECT_THAT(events_of(1, fresh), ElementsAre("9"));
}

// While two shards publish, a client of the third goes and comes back; the model is: everything,
// in one order, once.
TEST_F(SubscriptionServiceTest, NothingIsLostOrDoubledHoweverOftenAClientComesBack) {
  auto& witness = subscribed(0, {subscribe("t")});
  auto* client = &subscribed(1, {subscribe("t")});
  std::vector<std::string> got;
  std::atomic<bool> is_over{false};
  const auto publish_many = [&](ShardId from) {
    for (int i = 0; i < 3000; ++i) {
      const auto id = std::to_string(from) + ":" + std::to_string(i);
      while (on(from, [&] { return service_->publish(make_event("t", id)); }) != Outcome::kAccepted)
        std::this_thread::yield();
    }
  };
  std::thread publishers([&] {
    std::thread other([&] { publish_many(2); });
    publish_many(0);
    other.join();
    is_over = true;
  });
  for (bool is_last = false; !is_last;) {
    is_last = is_over;
    const auto cursor = on(1, [&] {
      const auto taken = client->take();
      got.insert(got.end(), taken.begin(), taken.end());
      auto text = client->place(service_->cursor()).text();
      service_->remove(*client);
      return text;
    });
    client = &resumed(1, {subscribe("t")}, cursor);
  }
  publishers.join();
  run(service_->settled());
  const auto rest = events_of(1, *client);
  got.insert(got.end(), rest.begin(), rest.end());
  EXPECT_EQ(got.size(), 6000U);
  EXPECT_EQ(got, events_of(0, witness));
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

/// One part and no other, as while the module stops.
class SinglePartTest : public testing::Test {
 public:
  ~SinglePartTest() override { shards_.finish(); }

 protected:
  explicit SinglePartTest(std::size_t shards = 2)
      : shards_(shards, 100), registry_(shards), parts_(std::make_shared<Parts>(shards)) {
    shards_.start();
  }

  template <class Ask>
  auto on_shard_0(Ask ask) {
    return run_on(shards_, 0, std::move(ask));
  }
  void make_part() {
    part_ = std::make_unique<ShardSubscriptions>(Ref(shards_), parts_,
                                                 Ref<metrics::Registry>(registry_), settings_);
  }

  const ShardSettings settings_{.event_queue_max = 100, .log = {}};
  Shards shards_;
  TestRegistry registry_;
  std::shared_ptr<Parts> parts_;
  std::unique_ptr<ShardSubscriptions> part_;
  TestSubscriber subscriber_;
};

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

class OnlyShardTest : public SinglePartTest {
 protected:
  OnlyShardTest() : SinglePartTest(1) {}
};

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
