#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::core {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CoreConfig, DefaultsAreThoseOfTheContract) {
  EnvReader env({});
  const auto config = CoreConfig::from_env(env, 4);
  EXPECT_EQ(config.shards, 4U);
  EXPECT_EQ(config.shard_queue_max, 65536U);
  EXPECT_EQ(config.log_level, log::Level::kWarn);
  EXPECT_EQ(config.log_format, log::Format::kPlain);
  EXPECT_EQ(config.timeouts.drain, seconds(10));
  EXPECT_EQ(config.timeouts.stop, seconds(5));
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(CoreConfig, ValuesAreTaken) {
  EnvReader env({{"RIG_SHARDS", "256"},
                 {"LOG_LEVEL", "Error"},
                 {"LOG_FMT", "GCL"},
                 {"RIG_DRAIN_TIMEOUT", "0"},
                 {"RIG_STOP_TIMEOUT", "250ms"}});
  const auto config = CoreConfig::from_env(env, 4);
  EXPECT_EQ(config.shards, 256U);
  EXPECT_EQ(config.log_level, log::Level::kError);
  EXPECT_EQ(config.log_format, log::Format::kGcl);
  EXPECT_EQ(config.timeouts.drain, seconds(0));
  EXPECT_EQ(config.timeouts.stop, std::chrono::milliseconds(250));
}

TEST(CoreConfig, UnknownLogLevelAndFormatStopTheStart) {
  EnvReader env({{"LOG_LEVEL", "verbose"}, {"LOG_FMT", "xml"}, {"RIG_SHARDS", "0"}});
  CoreConfig::from_env(env, 4);
  EXPECT_THAT(env.problems(),
              ElementsAre(HasSubstr("RIG_SHARDS is \"0\""), HasSubstr("LOG_LEVEL is \"verbose\""),
                          HasSubstr("LOG_FMT is \"xml\"")));
}

TEST(CoreConfig, DefaultNumberOfShardsHasBounds) {
  EnvReader env({});
  EXPECT_EQ(CoreConfig::from_env(env, 0).shards, 1U);
  EXPECT_EQ(CoreConfig::from_env(env, 1000).shards, 256U);
}

}  // namespace
}  // namespace rig::core
