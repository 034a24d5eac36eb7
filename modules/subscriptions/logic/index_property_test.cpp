#include "logic/index.hpp"

#include "logic/test_subscriber.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

// The index against the rules, written down as plainly as possible: random subscriptions come and
// go, random events must reach exactly those whom the rules name, once.

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;

bool holds(const Clause& clause, const std::vector<FieldValue>& fields) {
  return std::ranges::all_of(clause.fields, [&](const auto& constraint) {
    const auto& [position, value] = constraint;
    return position < fields.size() && !fields[position].is_nothing() && fields[position] == value;
  });
}

bool wants(const SubscriptionList& list, const cloudevents::Event& event) {
  return std::ranges::any_of(list, [&](const Subscription& subscription) {
    return subscription.event_type == event.type() &&
           std::ranges::any_of(subscription.clauses,
                               [&](const Clause& clause) { return holds(clause, event.fields()); });
  });
}

/// Few of everything, so that much matches.
class RandomWorld {
 public:
  explicit RandomWorld(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }

  std::string type() { return std::array{"a", "b", "com.shop.order.changed.v1"}[below(3)]; }

  FieldValue value() {
    switch (below(6)) {
      case 0: return FieldValue(static_cast<std::int64_t>(below(3)));
      case 1: return FieldValue(static_cast<double>(below(3)) / 2);
      case 2: return FieldValue(below(2) == 0);
      default:
        return FieldValue(std::array{"x", "y", "a longer text that is on the heap"}[below(3)]);
    }
  }

  Clause clause() {
    Clause clause;
    for (const std::size_t position : {0U, 1U, 2U, 63U}) {
      if (below(3) == 0) clause.fields.emplace_back(position, value());
    }
    return clause;
  }

  SubscriptionList subscriptions() {
    SubscriptionList list;
    for (std::size_t n = below(4); n > 0; --n) {
      std::vector<Clause> clauses;
      for (std::size_t c = below(5); c > 0; --c) clauses.push_back(clause());
      list.push_back(subscribe(type(), clauses));
      if (below(5) == 0) list.push_back(list.back());
    }
    return list;
  }

  cloudevents::EventRef event(std::string id) {
    std::vector<FieldValue> fields(std::array{0U, 1U, 3U, 64U}[below(4)]);
    for (auto& field : fields) {
      if (below(4) != 0) field = value();
    }
    return make_event(type(), std::move(id), std::move(fields));
  }

 private:
  std::mt19937 random_;
};

struct Client {
  TestSubscriber subscriber;
  SubscriptionList list;
};

void expect_as_the_rules_say(Index& index, std::vector<std::unique_ptr<Client>>& clients,
                             const std::vector<cloudevents::EventRef>& events) {
  const auto matched = index.match(events);
  std::vector<std::size_t> expected(events.size());
  for (const auto& client : clients) {
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (!wants(client->list, *events[i])) continue;
      wanted.push_back(events[i]->id());
      ++expected[i];
    }
    ASSERT_EQ(client->subscriber.take(), wanted);
  }
  for (std::size_t i = 0; i < events.size(); ++i) ASSERT_EQ(matched[i].deliveries, expected[i]);
}

class IndexProperty : public testing::TestWithParam<unsigned> {};

TEST_P(IndexProperty, DeliversExactlyWhatTheRulesSay) {
  RandomWorld world(GetParam());
  // Hashes must be of no consequence: full ones, very short ones, and all the same.
  Index index(std::array{~std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{0}}[GetParam() % 3]);
  std::vector<std::unique_ptr<Client>> clients;
  for (int step = 0; step < 600; ++step) {
    const std::size_t dice = world.below(10);
    if (dice < 2) {
      clients.push_back(std::make_unique<Client>());
    } else if (dice == 2 && clients.size() > 20) {
      const auto gone = world.below(clients.size());
      index.remove(clients[gone]->subscriber);
      std::swap(clients[gone], clients.back());
      clients.pop_back();
    } else if (dice < 6 && !clients.empty()) {
      auto& client = *clients[world.below(clients.size())];
      index.remove(client.subscriber);
      client.list = world.subscriptions();
      for (const auto& subscription : client.list) index.add(client.subscriber, subscription);
    } else {
      std::vector<cloudevents::EventRef> events;
      for (std::size_t n = 1 + world.below(40); n > 0; --n)
        events.push_back(world.event(std::to_string(n)));
      ASSERT_NO_FATAL_FAILURE(expect_as_the_rules_say(index, clients, events));
    }
  }
  for (const auto& client : clients) index.remove(client->subscriber);
  EXPECT_EQ(index.types(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, IndexProperty, testing::Range(1U, 7U));

}  // namespace
}  // namespace rig::subscriptions
