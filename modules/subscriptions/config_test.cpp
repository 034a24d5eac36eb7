#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(SubscriptionsConfig, LimitsHaveRanges) {
  EnvReader env({{"RIG_SUBSCRIPTIONS_MAX", "0"}, {"RIG_UNKNOWN_FIELDS", "perhaps"}});
  SubscriptionsConfig::from_env(env);
  EXPECT_THAT(env.problems(),
              ElementsAre(HasSubstr("RIG_SUBSCRIPTIONS_MAX"), HasSubstr("RIG_UNKNOWN_FIELDS")));
}

}  // namespace
}  // namespace rig::subscriptions
