#include "logic/balance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using By = Balance::By;
using Choices = std::vector<Balancer::Choice>;
using ::testing::ElementsAre;
using ::testing::Pair;

Choices named(std::size_t count) {
  Choices choices;
  for (std::size_t i = 0; i < count; ++i)
    choices.push_back({.name = hash_of("http://backend-" + std::to_string(i) + ":80")});
  return choices;
}

/// Which target each key goes to.
std::vector<std::size_t> placed(const Choices& choices, std::size_t keys) {
  Balancer balancer;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < keys; ++i)
    places.push_back(
        *balancer.choose(By::kAddress, choices, hash_of("client-" + std::to_string(i))));
  return places;
}

TEST(Balance, TextForms) {
  EXPECT_EQ(parse_balance("round_robin"), (Balance{By::kRoundRobin, ""}));
  EXPECT_EQ(parse_balance("least_requests"), (Balance{By::kLeastRequests, ""}));
  EXPECT_EQ(parse_balance("hash:address"), (Balance{By::kAddress, ""}));
  EXPECT_EQ(parse_balance("hash:path"), (Balance{By::kPath, ""}));
  EXPECT_EQ(parse_balance("hash:header:X-User"), (Balance{By::kHeader, "X-User"}));
  for (const auto* bad : {"", "random", "hash", "hash:header:", "hash:header:a b", "Round_Robin"})
    EXPECT_EQ(parse_balance(bad), std::nullopt) << bad;
}

TEST(Balance, RoundRobinGivesEachItsWeightAndMixesThem) {
  Balancer balancer;
  const Choices choices = {{.weight = 3}, {.weight = 1}, {.weight = 1}};
  std::vector<std::size_t> order;
  for (int i = 0; i < 5; ++i) order.push_back(*balancer.choose(By::kRoundRobin, choices));
  EXPECT_THAT(order, ElementsAre(0, 1, 0, 2, 0));
}

TEST(Balance, WhatIsNotPossibleIsNeverChosen) {
  for (const auto by : {By::kRoundRobin, By::kLeastRequests, By::kPath}) {
    Balancer balancer;
    auto choices = named(3);
    choices[1].is_possible = false;
    for (std::uint64_t i = 0; i < 30; ++i) {
      const auto key = by == By::kPath ? std::optional(i) : std::nullopt;
      EXPECT_NE(balancer.choose(by, choices, key), 1U);
    }
    for (auto& choice : choices) choice.is_possible = false;
    EXPECT_EQ(balancer.choose(by, choices, by == By::kPath ? std::optional(7U) : std::nullopt),
              std::nullopt);
  }
}

TEST(Balance, LeastRequestsCountsByWeightAndTakesEqualsInTurn) {
  Balancer balancer;
  EXPECT_EQ(balancer.choose(By::kLeastRequests, Choices{{.running = 2}, {.running = 1}}), 1U);
  // Seven of four's weight are less than two of one's.
  EXPECT_EQ(balancer.choose(By::kLeastRequests,
                            Choices{{.weight = 1, .running = 2}, {.weight = 4, .running = 7}}),
            1U);
  std::map<std::size_t, int> chosen;
  for (int i = 0; i < 30; ++i) ++chosen[*balancer.choose(By::kLeastRequests, named(3))];
  EXPECT_THAT(chosen, ElementsAre(Pair(0, 10), Pair(1, 10), Pair(2, 10)));
}

TEST(Balance, KeysAreSpreadByWeight) {
  auto choices = named(3);
  choices[2].weight = 2;
  std::map<std::size_t, int> chosen;
  for (const auto place : placed(choices, 40'000)) ++chosen[place];
  EXPECT_NEAR(chosen[0], 10'000, 500);
  EXPECT_NEAR(chosen[1], 10'000, 500);
  EXPECT_NEAR(chosen[2], 20'000, 500);
}

TEST(Balance, OnlyTheKeysOfATargetThatLeavesMove) {
  auto choices = named(5);
  const auto before = placed(choices, 5'000);
  choices[2].is_possible = false;
  const auto without = placed(choices, 5'000);
  choices.erase(choices.begin() + 2);  // the same if it is gone for good
  const auto after = placed(choices, 5'000);
  std::map<std::size_t, int> heirs;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i] + (after[i] >= 2 ? 1 : 0), without[i]);
    if (before[i] != 2) {
      EXPECT_EQ(without[i], before[i]);
    } else {
      ++heirs[without[i]];
    }
  }
  EXPECT_EQ(heirs.size(), 4U);  // and they are spread
}

/// Nodes agree on it, so it must not change from one version to the next.
TEST(Balance, HashIsKnown) {
  EXPECT_EQ(hash_of(""), 0xcbf29ce484222325U);
  EXPECT_EQ(hash_of("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(hash_of("foobar"), 0x85944171f73967e8U);
}

}  // namespace
}  // namespace rig::proxy
