#include "io/target_table.hpp"

#include <rig/metrics/test_registry.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = Forwarded::Outcome;

Forwarded came_to(Outcome outcome, int status = 0) {
  Forwarded forwarded;
  forwarded.outcome = outcome;
  forwarded.status = status;
  return forwarded;
}

/// An API with the targets "a", "b" …, whose breakers open after two failures, for ten seconds.
std::shared_ptr<Api> api_with(std::size_t targets, std::string id = "api") {
  auto api = std::make_shared<Api>();
  api->id = std::move(id);
  for (std::size_t i = 0; i < targets; ++i)
    api->targets.targets.push_back({{false, std::string(1, static_cast<char>('a' + i)), 80}, 1});
  api->targets.breaker = BreakerRules{.failures = 2, .open_for = seconds(10), .statuses = {503}};
  api->targets.health_check = HealthCheck{.path = "/", .statuses = {}};
  return api;
}

class TargetTableTest : public testing::Test {
 protected:
  void take(std::vector<std::shared_ptr<const Api>> apis) {
    ApiSet set;
    set.apis = std::move(apis);
    table_.take(set);
  }
  /// The host of the next target; empty if there is none.
  std::string chosen(ApiTargets& targets) {
    const auto target = targets.choose(std::nullopt, {}, now_);
    return target ? target->server().host : "";
  }
  /// A request to the next target comes to this.
  void ask(ApiTargets& targets, Outcome outcome, int status = 0) {
    TargetAttempt attempt(targets.choose(std::nullopt, {}, now_), now_);
    attempt.ended(came_to(outcome, status), now_);
  }
  double open() {
    return registry_.value("rig_proxy_target_breakers_open,api=api,target=http://a:80");
  }

  TargetState::Time now_{seconds(1000)};
  metrics::TestRegistry registry_{1};
  TargetTable table_{registry_};
};

TEST_F(TargetTableTest, PlainApisAreNotInIt) {
  auto plain = api_with(1);
  plain->targets.breaker.reset();
  plain->targets.health_check.reset();
  const auto other = api_with(1, "other");
  take({plain, other});
  EXPECT_EQ(table_.find(*plain), nullptr);
  EXPECT_NE(table_.find(*other), nullptr);
  take({plain});
  EXPECT_EQ(table_.find(*other), nullptr);
}

TEST_F(TargetTableTest, OpenBreakerLetsOneRequestTry) {
  const auto api = api_with(1);
  take({api});
  const auto targets = table_.find(*api);
  ask(*targets, Outcome::kRequestTimeout);
  ask(*targets, Outcome::kOverLimit);  // says nothing
  EXPECT_EQ(chosen(*targets), "a");
  ask(*targets, Outcome::kCut);
  EXPECT_EQ(chosen(*targets), "");
  EXPECT_EQ(open(), 1);
  EXPECT_EQ(targets->retry_after(now_ + milliseconds(1)), seconds(10));
  now_ += seconds(10);
  std::optional<TargetAttempt> trial(std::in_place, targets->choose({}, {}, now_), now_);
  EXPECT_EQ(chosen(*targets), "");
  EXPECT_EQ(targets->retry_after(now_), seconds(1));
  trial->answered(503);  // that is one of its failures
  EXPECT_EQ(chosen(*targets), "");
  trial->ended(came_to(Outcome::kRelayed, 503), now_);
  trial.reset();
  EXPECT_EQ(targets->retry_after(now_), seconds(10));
}

// The rest of an answer may take hours.
TEST_F(TargetTableTest, HeadOfAnAnswerClosesTheBreaker) {
  const auto api = api_with(1);
  take({api});
  const auto targets = table_.find(*api);
  for (int i = 0; i < 2; ++i) ask(*targets, Outcome::kUnreachable);
  now_ += seconds(10);
  TargetAttempt trial(targets->choose({}, {}, now_), now_);
  trial.answered(200);
  EXPECT_EQ(open(), 0);
  EXPECT_EQ(chosen(*targets), "a");
  trial.ended(came_to(Outcome::kCut, 200), now_);  // a failure like any other
  EXPECT_EQ(chosen(*targets), "a");
}

TEST_F(TargetTableTest, TrialWhoseClientLeavesLetsTheNextOneTry) {
  const auto api = api_with(1);
  take({api});
  const auto targets = table_.find(*api);
  for (int i = 0; i < 2; ++i) ask(*targets, Outcome::kUnreachable);
  now_ += seconds(10);
  ask(*targets, Outcome::kClientLeft);
  EXPECT_EQ(chosen(*targets), "a");
  EXPECT_EQ(open(), 1);
}

TEST_F(TargetTableTest, WhatBeganBeforeTheBreakerOpenedSaysNothing) {
  const auto api = api_with(1);
  take({api});
  const auto targets = table_.find(*api);
  TargetAttempt good(targets->choose({}, {}, now_), now_);
  TargetAttempt bad(targets->choose({}, {}, now_), now_);
  for (int i = 0; i < 2; ++i) ask(*targets, Outcome::kUnreachable);
  good.answered(200);
  good.ended(came_to(Outcome::kRelayed, 200), now_);
  EXPECT_EQ(open(), 1);
  now_ += seconds(10);
  TargetAttempt trial(targets->choose({}, {}, now_), now_);
  bad.ended(came_to(Outcome::kUnreachable), now_);
  EXPECT_EQ(chosen(*targets), "");  // still one trial
  trial.ended(came_to(Outcome::kRelayed, 200), now_);
  EXPECT_EQ(chosen(*targets), "a");
}

TEST_F(TargetTableTest, UnhealthyTargetsCountIfNoOtherOneIsLeft) {
  const auto api = api_with(2);
  take({api});
  const auto targets = table_.find(*api);
  const auto server = [](const std::string& host) { return Server{false, host, 80, {}}; };
  table_.set_health("api", server("a"), false);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(chosen(*targets), "b");
  // None but the one that was tried is healthy: nobody else is asked.
  const std::vector tried = {targets->choose(std::nullopt, {}, now_)};
  EXPECT_EQ(targets->choose(std::nullopt, tried, now_), nullptr);
  table_.set_health("api", server("b"), false);
  table_.set_health("api", server("c"), false);  // gone meanwhile
  table_.set_health("other", server("a"), false);
  EXPECT_NE(chosen(*targets), chosen(*targets));
}

TEST_F(TargetTableTest, TargetsThatStayKeepWhatIsKnownOfThem) {
  const auto first = api_with(1);
  take({first});
  for (int i = 0; i < 2; ++i) ask(*table_.find(*first), Outcome::kUnreachable);
  const auto same = table_.find(*first);
  take({api_with(1, "other"), first});
  EXPECT_EQ(table_.find(*first), same);
  const auto second = api_with(2);
  take({second});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(chosen(*table_.find(*second)), "b");
  EXPECT_EQ(open(), 1);
  const auto third = api_with(2);
  third->targets.breaker->failures = 3;  // other rules
  take({third});
  EXPECT_EQ(open(), 0);
  EXPECT_NE(chosen(*table_.find(*third)), chosen(*table_.find(*third)));
}

TEST_F(TargetTableTest, WithoutHealthChecksAllAreHealthy) {
  const auto checked = api_with(2);
  take({checked});
  const Server a{false, "a", 80, {}};
  table_.set_health("api", a, false);
  const auto unchecked = api_with(2);
  unchecked->targets.health_check.reset();
  take({unchecked});
  table_.set_health("api", a, false);  // a verdict that comes late
  EXPECT_NE(chosen(*table_.find(*unchecked)), chosen(*table_.find(*unchecked)));
}

TEST_F(TargetTableTest, OpenBreakerOfATargetThatGoesIsNotCountedAnyMore) {
  const auto api = api_with(1);
  take({api});
  for (int i = 0; i < 2; ++i) ask(*table_.find(*api), Outcome::kUnreachable);
  EXPECT_EQ(open(), 1);
  take({});
  EXPECT_EQ(open(), 0);
}

}  // namespace
}  // namespace rig::proxy
