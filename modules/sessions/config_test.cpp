#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::sessions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SessionsConfig, BlacklistIsBounded) {
  EnvReader env({});
  EXPECT_EQ(SessionsConfig::from_env(env).blacklist_max, 100'000U);
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(SessionsConfig, ValueIsTaken) {
  EnvReader env({{"RIG_BLACKLIST_MAX", "7"}});
  EXPECT_EQ(SessionsConfig::from_env(env).blacklist_max, 7U);
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(SessionsConfig, BlacklistThatCanHoldNothingIsAProblem) {
  EnvReader env({{"RIG_BLACKLIST_MAX", "0"}});
  SessionsConfig::from_env(env);
  EXPECT_THAT(env.problems(), ElementsAre(HasSubstr("RIG_BLACKLIST_MAX")));
}

}  // namespace
}  // namespace rig::sessions
