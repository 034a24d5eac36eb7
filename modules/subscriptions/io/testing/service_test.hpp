#pragma once

#include "io/subscription_service.hpp"
#include "logic/test_subscriber.hpp"

#include <rig/core/shard.hpp>
#include <rig/metrics/test_registry.hpp>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// On real shards: threads, mailboxes and timers.

namespace rig::subscriptions {

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
    // tidy: allow(co-spawn) the thread of the test waits for it
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

  EventSink::Outcome publish(ShardId shard, cloudevents::EventRef event) {
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
  metrics::TestRegistry registry_{kShards};
  std::map<ShardId, std::vector<std::unique_ptr<TestSubscriber>>> subscribers_;
  std::unique_ptr<SubscriptionService> service_;
};

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

  ShardSettings settings_{.event_queue_max = 100, .log = {}};
  Shards shards_;
  metrics::TestRegistry registry_;
  std::shared_ptr<Parts> parts_;
  std::unique_ptr<ShardSubscriptions> part_;
  TestSubscriber subscriber_;
};

class OnlyShardTest : public SinglePartTest {
 protected:
  OnlyShardTest() : SinglePartTest(1) {}
};

}  // namespace rig::subscriptions
