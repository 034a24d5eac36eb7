#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace rig::subscriptions {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SubscriptionsConfig, DefaultsAreLimitsAndNoExtractors) {
  EnvReader env({});
  const auto config = SubscriptionsConfig::from_env(env);
  EXPECT_EQ(config.limits.subscriptions_max, 200U);
  EXPECT_EQ(config.limits.clauses_max, 1000U);
  EXPECT_EQ(config.limits.field_sets_max, 16U);
  EXPECT_EQ(config.limits.event_type_bytes_max, 256U);
  EXPECT_EQ(config.event_queue_max, 100'000U);
  EXPECT_EQ(config.unknown_fields, UnknownFields::kReject);
  EXPECT_EQ(config.extractors.plan_for("greeting"), nullptr);
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(SubscriptionsConfig, ValuesAreTaken) {
  EnvReader env({{"RIG_SUBSCRIPTIONS_MAX", "5"},
                 {"RIG_CLAUSES_MAX", "6"},
                 {"RIG_FIELD_SETS_MAX", "7"},
                 {"RIG_EVENT_QUEUE_MAX", "8"},
                 {"RIG_UNKNOWN_FIELDS", "Ignore"},
                 {"EXTRACTORS", R"({"greeting": {"name": {"stable_field_index": 1,
                                    "event": {"json_pointer": "/data/name"}}}})"}});
  const auto config = SubscriptionsConfig::from_env(env);
  EXPECT_EQ(config.limits.subscriptions_max, 5U);
  EXPECT_EQ(config.limits.clauses_max, 6U);
  EXPECT_EQ(config.limits.field_sets_max, 7U);
  EXPECT_EQ(config.event_queue_max, 8U);
  EXPECT_EQ(config.unknown_fields, UnknownFields::kIgnore);
  EXPECT_NE(config.extractors.plan_for("greeting"), nullptr);
  EXPECT_THAT(env.problems(), IsEmpty());
}

// Quirk Q4: the original logs these and runs without extractors.
TEST(SubscriptionsConfig, EveryProblemOfTheExtractorsStopsTheStart) {
  EnvReader env({{"EXTRACTORS", R"({"greeting": {"name": {"stable_field_index": -1,
                                    "event": {"json_pointer": "data/name"}}}})"}});
  SubscriptionsConfig::from_env(env);
  EXPECT_THAT(env.problems(),
              ElementsAre(AllOf(HasSubstr("EXTRACTORS"), HasSubstr("greeting"), HasSubstr("name"),
                                HasSubstr("does not start with '/'")),
                          AllOf(HasSubstr("EXTRACTORS"), HasSubstr("Negative index"))));
}

// Else no client with a token could connect.
TEST(SubscriptionsConfig, TypesThatFollowFromTokensFitIntoAConnection) {
  const auto problems = [](const std::string& max) {
    EnvReader env({{"RIG_SUBSCRIPTIONS_MAX", max},
                   {"EXTRACTORS",
                    R"({"a": {"f": {"stable_field_index": 0, "event": {"json_pointer": "/f"},
                                    "jwt": {"json_pointer": "/f"}}},
                        "b": {"f": {"stable_field_index": 0, "event": {"json_pointer": "/f"},
                                    "jwt": {"json_pointer": "/f"}}}})"}});
    SubscriptionsConfig::from_env(env);
    return env.problems();
  };
  EXPECT_THAT(problems("2"), IsEmpty());
  EXPECT_THAT(problems("1"), ElementsAre(AllOf(HasSubstr("EXTRACTORS"), HasSubstr("2 event types"),
                                               HasSubstr("RIG_SUBSCRIPTIONS_MAX is 1"))));
}

TEST(SubscriptionsConfig, TheGraceAfterAStartIsNotLongerThanEventsAreKept) {
  const auto grace = [](EnvSnapshot settings) {
    EnvReader env(std::move(settings));
    const auto grace = SubscriptionsConfig::from_env(env).log.restart_grace;
    EXPECT_THAT(env.problems(), IsEmpty());
    return grace;
  };
  EXPECT_EQ(grace({}), std::chrono::minutes(1));
  EXPECT_EQ(grace({{"RIG_RESTART_GRACE", "2m"}}), std::chrono::minutes(2));
  EXPECT_EQ(grace({{"RIG_RESTART_GRACE", "0"}}), std::chrono::minutes(0));
  EXPECT_EQ(grace({{"RIG_REPLAY_AGE_MAX", "30s"}}), std::chrono::seconds(30));
  EXPECT_EQ(grace({{"RIG_RESTART_GRACE", "10m"}}), std::chrono::minutes(5));
}

TEST(SubscriptionsConfig, LimitsHaveRanges) {
  EnvReader env({{"RIG_SUBSCRIPTIONS_MAX", "0"}, {"RIG_UNKNOWN_FIELDS", "perhaps"}});
  SubscriptionsConfig::from_env(env);
  EXPECT_THAT(env.problems(),
              ElementsAre(HasSubstr("RIG_SUBSCRIPTIONS_MAX"), HasSubstr("RIG_UNKNOWN_FIELDS")));
}

}  // namespace
}  // namespace rig::subscriptions
