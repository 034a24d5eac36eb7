#include "logic/local_subscriptions.hpp"

#include "logic/test_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rig::subscriptions {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Several shards and what is on the way between them: in order for each pair, in any order
/// between pairs.
class Network {
 public:
  explicit Network(std::size_t shards) : ways_(shards * shards) {
    for (std::size_t i = 0; i < shards; ++i)
      shards_.push_back(std::make_unique<Shard>(*this, static_cast<ShardId>(i), shards));
  }

  LocalSubscriptions& shard(std::size_t id) { return shards_[id]->local; }
  [[nodiscard]] std::size_t size() const { return shards_.size(); }

  void publish(std::size_t at, const cloudevents::EventRef& event) {
    const ShardSet* wanted_by = shard(at).wanted_by(event->type());
    if (wanted_by == nullptr) return;
    for (std::size_t to = 0; to < size(); ++to) {
      if (wanted_by->test(to)) way(at, to).emplace_back(event);
    }
  }

  /// Delivers the oldest message between two shards; false if there is none.
  bool deliver(std::size_t from, std::size_t to) {
    if (way(from, to).empty()) return false;
    const auto message = std::move(way(from, to).front());
    way(from, to).pop_front();
    if (const auto* event = std::get_if<cloudevents::EventRef>(&message)) {
      match_one(shard(to), *event);
    } else {
      shard(to).receive(static_cast<ShardId>(from), std::get<InterestMessage>(message));
    }
    return true;
  }
  void deliver_all() {
    for (bool any = true; any;) {
      any = false;
      for (std::size_t from = 0; from < size(); ++from) {
        for (std::size_t to = 0; to < size(); ++to) any = deliver(from, to) || any;
      }
    }
  }
  /// The type of the event that `deliver` would deliver; empty if it is none.
  [[nodiscard]] std::string next_event_type(std::size_t from, std::size_t to) {
    if (way(from, to).empty()) return {};
    const auto* event = std::get_if<cloudevents::EventRef>(&way(from, to).front());
    return event == nullptr ? std::string() : (*event)->type();
  }
  [[nodiscard]] std::size_t on_the_way() const {
    std::size_t count = 0;
    for (const auto& queue : ways_) count += queue.size();
    return count;
  }

 private:
  using Message = std::variant<InterestMessage, cloudevents::EventRef>;

  struct Shard final : InterestPostman {
    Shard(Network& net, ShardId id, std::size_t shards)
        : network(net), self(id), local(id, shards, *this) {}
    void post(ShardId to, InterestMessage message) override {
      network.way(self, to).emplace_back(std::move(message));
    }
    Network& network;
    ShardId self;
    LocalSubscriptions local;
  };

  std::deque<Message>& way(std::size_t from, std::size_t to) {
    return ways_[from * shards_.size() + to];
  }

  std::vector<std::deque<Message>> ways_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

SubscriptionList list_of(std::initializer_list<const char*> types) {
  SubscriptionList list;
  for (const auto* type : types) list.push_back(subscribe(type));
  return list;
}

class LocalSubscriptionsTest : public testing::Test {
 public:
  ~LocalSubscriptionsTest() override {
    network_.shard(0).remove(a_);
    network_.shard(0).remove(b_);
  }

 protected:
  std::vector<std::string> published(std::size_t at, const std::string& type) {
    network_.publish(at, make_event(type, type));
    network_.deliver_all();
    return a_.take();
  }

  Network network_{3};
  TestSubscriber a_;  // both on shard 0
  TestSubscriber b_;
};

TEST(LocalSubscriptionsOfOneShard, TakeEffectWithinTheCall) {
  Network network(1);
  TestSubscriber a;
  network.shard(0).replace(a, list_of({"t", "u"}));
  EXPECT_EQ(a.times_effective, 1U);
  EXPECT_EQ(network.shard(0).in_force(), 2U);
  network.publish(0, make_event("u", "1"));
  network.deliver_all();
  EXPECT_THAT(a.take(), ElementsAre("1"));
  network.shard(0).remove(a);
  EXPECT_EQ(network.shard(0).in_force(), 0U);
}

// Observed D7, quirk Q6: in the original the event is lost.
TEST_F(LocalSubscriptionsTest, WhatIsPublishedAnywhereAfterTheyAreEffectiveArrives) {
  SubscriptionList fresh;
  for (int i = 0; i < 100; ++i) fresh.push_back(subscribe("fresh-" + std::to_string(i)));
  std::size_t published = 0;
  a_.on_effective = [&] {
    for (std::size_t shard = 0; shard < network_.size(); ++shard) {
      for (int i = 0; i < 100; ++i, ++published)
        network_.publish(shard, make_event("fresh-" + std::to_string(i), "x"));
    }
  };
  network_.shard(0).replace(a_, fresh);
  EXPECT_EQ(a_.times_effective, 0U);
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_EQ(a_.take().size(), published);
  EXPECT_EQ(published, 300U);
}

TEST_F(LocalSubscriptionsTest, EffectiveAtOnceIfAllShardsKnowTheTypes) {
  network_.shard(0).replace(b_, list_of({"t", "u"}));
  network_.deliver_all();
  network_.shard(0).replace(a_, list_of({"u"}));
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_EQ(network_.on_the_way(), 0U);
  EXPECT_THAT(published(2, "u"), ElementsAre("u"));
}

TEST_F(LocalSubscriptionsTest, OldSetStaysInForceUntilTheNewOneIs) {
  network_.shard(0).replace(a_, list_of({"old", "kept"}));
  network_.deliver_all();
  network_.shard(0).replace(a_, list_of({"kept", "new"}));
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_EQ(network_.shard(0).in_force(), 2U);
  match_one(network_.shard(0), make_event("old", "old"));
  match_one(network_.shard(0), make_event("kept", "kept"));
  match_one(network_.shard(0), make_event("new", "new"));
  EXPECT_THAT(a_.take(), ElementsAre("old", "kept"));
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 2U);
  EXPECT_THAT(published(1, "old"), IsEmpty());
  EXPECT_THAT(published(1, "kept"), ElementsAre("kept"));
  EXPECT_THAT(published(2, "new"), ElementsAre("new"));
}

TEST_F(LocalSubscriptionsTest, TypeThatStaysIsNotWithdrawnMeanwhile) {
  network_.shard(0).replace(a_, list_of({"kept"}));
  network_.deliver_all();
  for (int i = 0; i < 5; ++i) {
    network_.shard(0).replace(a_, list_of({"kept"}));
    network_.shard(0).sweep();
    EXPECT_EQ(network_.on_the_way(), 0U);
  }
  EXPECT_EQ(a_.times_effective, 6U);
}

TEST_F(LocalSubscriptionsTest, RemovedWhileWaitingIsNeverCalled) {
  network_.shard(0).replace(a_, list_of({"t"}));
  network_.shard(0).remove(a_);
  network_.publish(1, make_event("t", "1"));
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 0U);
  EXPECT_THAT(a_.take(), IsEmpty());
  EXPECT_EQ(network_.shard(0).in_force(), 0U);
}

TEST_F(LocalSubscriptionsTest, OfTwoSetsThatWaitOnlyTheLastTakesEffect) {
  network_.shard(0).replace(a_, list_of({"first"}));
  network_.shard(0).replace(a_, list_of({"second"}));
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_THAT(published(1, "first"), IsEmpty());
  EXPECT_THAT(published(1, "second"), ElementsAre("second"));
}

TEST_F(LocalSubscriptionsTest, SetThatNeedsNoWaitOvertakesOneThatWaits) {
  network_.shard(0).replace(a_, list_of({"slow"}));
  network_.shard(0).replace(a_, {});
  EXPECT_EQ(a_.times_effective, 1U);
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_THAT(published(1, "slow"), IsEmpty());
}

TEST_F(LocalSubscriptionsTest, SubscriptionThatNeverMatchesNeedsNoShards) {
  network_.shard(0).replace(a_, {subscribe("t", {})});
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_EQ(network_.on_the_way(), 0U);
  EXPECT_EQ(network_.shard(0).in_force(), 1U);
  EXPECT_EQ(network_.shard(0).interest().types(), 0U);
}

TEST_F(LocalSubscriptionsTest, SubscribersMayLeaveWhenTheyBecomeEffective) {
  a_.on_effective = [&] {
    network_.shard(0).remove(a_);
    network_.shard(0).remove(b_);
  };
  network_.shard(0).replace(a_, list_of({"t"}));
  network_.shard(0).replace(b_, list_of({"t"}));
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 1U);
  EXPECT_EQ(b_.times_effective, 0U);
  EXPECT_EQ(network_.shard(0).in_force(), 0U);
}

TEST_F(LocalSubscriptionsTest, SubscribersMayChangeTheirSetWhenItBecomesEffective) {
  a_.on_effective = [&] {
    if (a_.times_effective == 1) network_.shard(0).replace(a_, list_of({"u"}));
  };
  network_.shard(0).replace(a_, list_of({"t"}));
  network_.deliver_all();
  EXPECT_EQ(a_.times_effective, 2U);
  EXPECT_THAT(published(1, "t"), IsEmpty());
  EXPECT_THAT(published(1, "u"), ElementsAre("u"));
}

// Observed D9 and quirk Q13: nothing is left of those who left.
TEST_F(LocalSubscriptionsTest, NothingIsLeftOfTypesThatNobodyWants) {
  for (int round = 0; round < 50; ++round) {
    network_.shard(0).replace(a_, list_of({("t" + std::to_string(round)).c_str()}));
    network_.deliver_all();
  }
  EXPECT_EQ(network_.shard(0).in_force(), 1U);
  network_.shard(0).remove(a_);
  EXPECT_EQ(network_.shard(0).in_force(), 0U);
  network_.shard(0).sweep();
  network_.shard(0).sweep();
  network_.deliver_all();
  for (std::size_t i = 0; i < network_.size(); ++i) {
    EXPECT_EQ(network_.shard(i).interest().types(), 0U);
    EXPECT_EQ(network_.shard(i).index().types(), 0U);
    EXPECT_FALSE(network_.shard(i).has_to_sweep());
  }
}

/// Random clients on random shards change their minds while messages and events are under way.
class NetworkStorm : public testing::TestWithParam<unsigned> {
 public:
  ~NetworkStorm() override {
    while (!clients_.empty()) remove_client();
  }

 protected:
  using Types = std::set<std::string>;

  struct Client {
    std::size_t shard = 0;
    Types asked_for;
    Types in_force;  // by what the client was told
    bool waits = false;
    TestSubscriber subscriber;
  };

  std::size_t below(std::size_t n) { return random_() % n; }
  std::string some_type() { return std::string(1, static_cast<char>('a' + below(6))); }

  void add_client() {
    auto client = std::make_unique<Client>();
    client->shard = below(network_.size());
    client->subscriber.on_effective = [c = client.get()] {
      EXPECT_TRUE(c->waits) << "told without having asked, or twice";
      c->waits = false;
      c->in_force = c->asked_for;
    };
    clients_.push_back(std::move(client));
  }

  void remove_client() {
    auto& client = clients_[below(clients_.size())];
    network_.shard(client->shard).remove(client->subscriber);
    std::swap(client, clients_.back());
    clients_.pop_back();
  }

  void replace(Client& client) {
    client.asked_for.clear();
    SubscriptionList list;
    for (std::size_t n = below(4); n > 0; --n) {
      list.push_back(subscribe(some_type()));
      client.asked_for.insert(list.back().event_type);
    }
    client.waits = true;
    network_.shard(client.shard).replace(client.subscriber, std::move(list));
  }

  /// What is published now, anywhere, must find its way to whoever was told that it is subscribed.
  void expect_routes_are_complete() {
    for (const auto& client : clients_) {
      for (const auto& type : client->in_force) {
        for (std::size_t at = 0; at < network_.size(); ++at) {
          const ShardSet* wanted_by = network_.shard(at).wanted_by(type);
          ASSERT_TRUE(wanted_by != nullptr && wanted_by->test(client->shard));
        }
      }
    }
  }

  /// An event must reach, once, exactly those on the shard whose set in force has its type.
  void deliver(std::size_t from, std::size_t to) {
    const std::string type = network_.next_event_type(from, to);
    network_.deliver(from, to);
    for (const auto& client : clients_) {
      const bool wants = client->shard == to && client->in_force.contains(type);
      ASSERT_EQ(client->subscriber.take().size(), wants ? 1U : 0U);
    }
  }

  void step() {
    const auto dice = below(20);
    if (dice == 0 && clients_.size() < 16) {
      add_client();
    } else if (dice == 1 && clients_.size() > 8) {
      remove_client();
    } else if (dice < 4 && !clients_.empty()) {
      replace(*clients_[below(clients_.size())]);
    } else if (dice < 7) {
      network_.publish(below(network_.size()), make_event(some_type(), "x"));
    } else if (dice == 7) {
      network_.shard(below(network_.size())).sweep();
    } else {
      deliver(below(network_.size()), below(network_.size()));
    }
  }

  std::mt19937 random_{GetParam()};
  Network network_{1 + GetParam() % 4};
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_P(NetworkStorm, LosesDoublesAndForgetsNothing) {
  for (int i = 0; i < 5'000; ++i) {
    ASSERT_NO_FATAL_FAILURE(step());
    ASSERT_NO_FATAL_FAILURE(expect_routes_are_complete());
  }
  network_.deliver_all();
  for (const auto& client : clients_) {
    EXPECT_FALSE(client->waits);
    client->subscriber.take();
  }
  while (!clients_.empty()) remove_client();
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < network_.size(); ++i) network_.shard(i).sweep();
  }
  network_.deliver_all();
  for (std::size_t i = 0; i < network_.size(); ++i) {
    EXPECT_EQ(network_.shard(i).interest().types(), 0U);
    EXPECT_EQ(network_.shard(i).index().types(), 0U);
    EXPECT_EQ(network_.shard(i).in_force(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, NetworkStorm, testing::Range(0U, 12U));

}  // namespace
}  // namespace rig::subscriptions
