#include "io/testing/service_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

// Clients that come back.

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;
using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = EventSink::Outcome;

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

/// Comes back on its shard, and asks for each page as soon as it has the one before.
class SubscriptionServiceReplayTest : public SubscriptionServiceTest {
 protected:
  static constexpr std::size_t kClients = 40;
  static constexpr std::size_t kPages = 3;
  static constexpr std::size_t kEvents = (kPages - 1) * PageRequest::kEventsMax + 1;

  SubscriptionServiceReplayTest() {
    subscribed(0, {subscribe("t")});
    cursor_ = on(0, [&] { return service_->cursor().text(); });
    for (std::size_t i = 0; i < kEvents; ++i) {
      EXPECT_TRUE(eventually(
          [&] { return publish(0, make_event("t", std::to_string(i))) == Outcome::kAccepted; }));
    }
    run(service_->settled());
  }

  void resume_all() {
    for (std::size_t i = 0; i < kClients; ++i) {
      auto& client = *clients_.emplace_back(std::make_unique<TestSubscriber>());
      client.on_page = [this, &client](bool is_last) {
        if (++pages_ == 1 && on_first_page_) on_first_page_();
        if (!is_last) service_->continue_replay(client);
      };
      service_->resume(client, {subscribe("t")}, cursor_);
    }
  }
  void expect_all_got_everything(ShardId shard) {
    EXPECT_TRUE(eventually([&] {
      return on(shard, [&] {
        return std::ranges::all_of(clients_, [](const auto& client) { return client->is_live; });
      });
    }));
    on(shard, [&] {
      for (const auto& client : clients_) {
        EXPECT_EQ(client->events.size(), kEvents);
        EXPECT_THAT(client->gaps, IsEmpty());
      }
    });
  }
  void remove_clients(ShardId shard) {
    on(shard, [&] {
      for (const auto& client : clients_) service_->remove(*client);
      clients_.clear();
    });
  }

  std::string cursor_;
  std::vector<std::unique_ptr<TestSubscriber>> clients_;
  std::size_t pages_ = 0;
  std::function<void()> on_first_page_;
};

TEST_F(SubscriptionServiceReplayTest, LiveEventsComeBetweenThePagesOfOthers) {
  auto& bystander = subscribed(0, {subscribe("live")});
  std::size_t pages_before = 0;
  bystander.on_deliver = [&] { pages_before = pages_; };
  on_first_page_ = [this] {
    EXPECT_EQ(service_->publish(make_event("live", "x")), Outcome::kAccepted);
  };
  on(0, [&] { resume_all(); });
  expect_all_got_everything(0);
  EXPECT_THAT(events_of(0, bystander), ElementsAre("x"));
  EXPECT_GT(pages_before, 0U);
  EXPECT_LE(pages_before, 2 * Replays::kPagesUnderWayMax);
  EXPECT_EQ(pages_, kClients * kPages);
  remove_clients(0);
}

TEST_F(SubscriptionServiceReplayTest, WhoWaitsForAPageAndGoesIsNotMissed) {
  for (const ShardId shard : {ShardId{0}, ShardId{1}}) {
    on(shard, [&] {
      resume_all();
      for (std::size_t i = 0; i < clients_.size(); i += 2) service_->remove(*clients_[i]);
      std::erase_if(clients_, [i = 0](const auto&) mutable { return i++ % 2 == 0; });
    });
    expect_all_got_everything(shard);
    remove_clients(shard);
  }
}

TEST_F(SubscriptionServiceReplayTest, WhoWaitsForAPageAndAsksForOtherEventsGetsThemBehindIt) {
  on(1, [&] {
    resume_all();
    for (const auto& client : clients_) service_->replace(*client, {subscribe("u")});
  });
  expect_all_got_everything(1);
  EXPECT_TRUE(eventually([&] {
    return on(1, [&] {
      return std::ranges::all_of(clients_,
                                 [](const auto& client) { return client->times_effective == 2; });
    });
  }));
  on(0, [&] {
    EXPECT_EQ(service_->publish(make_event("t", "old")), Outcome::kAccepted);
    EXPECT_EQ(service_->publish(make_event("u", "new")), Outcome::kAccepted);
  });
  run(service_->settled());
  on(1, [&] {
    for (const auto& client : clients_) EXPECT_EQ(client->events.back(), "new");
    for (const auto& client : clients_) EXPECT_EQ(client->events.size(), kEvents + 1);
  });
  remove_clients(1);
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

/// What a client of the node before gets of an event that came before it.
class RestartGraceTest : public OnlyShardTest {
 protected:
  std::vector<std::string> got_of_the_early() {
    settings_.log_types_max = 1;
    on_shard_0([&] {
      make_part();
      EXPECT_EQ(part_->publish(make_event("t", "early")), Outcome::kAccepted);
    });
    on_shard_0([&] { part_->resume(subscriber_, {subscribe("t")}, "1-1-1"); });
    while (!on_shard_0([&] { return subscriber_.is_live; })) std::this_thread::yield();
    on_shard_0([&] {
      part_->remove(subscriber_);
      part_.reset();
    });
    EXPECT_THAT(subscriber_.gaps, ElementsAre("restarted since 1"));
    return subscriber_.take();
  }
};

TEST_F(RestartGraceTest, EventsThatNobodyWantsYetAreKeptSoLong) {
  settings_.log.restart_grace = std::chrono::hours(1);
  EXPECT_THAT(got_of_the_early(), ElementsAre("early"));
}

TEST_F(RestartGraceTest, WithoutItNoneAreKept) {
  settings_.log.restart_grace = std::chrono::milliseconds(0);
  EXPECT_THAT(got_of_the_early(), IsEmpty());
}

}  // namespace
}  // namespace rig::subscriptions
