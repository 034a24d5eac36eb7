#include "stream_config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::nats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> problems_of(EnvSnapshot settings) {
  EnvReader env(std::move(settings));
  (void)StreamConfig::from_env(env);
  return env.problems();
}

TEST(StreamConfig, IsOffUntilAStreamIsNamed) {
  EnvReader env{EnvSnapshot{}};
  EXPECT_FALSE(StreamConfig::from_env(env).is_on());
  EnvReader named({{"NATS_JETSTREAM_STREAM", "orders"}});
  const auto config = StreamConfig::from_env(named);
  EXPECT_TRUE(config.is_on());
  EXPECT_EQ(config.durable, "rig");
  EXPECT_EQ(config.subject, "");
  EXPECT_THAT(named.problems(), IsEmpty());
}

TEST(StreamConfig, NamesAreThoseOfTheServer) {
  EXPECT_THAT(problems_of({{"NATS_JETSTREAM_STREAM", "a.b"}}),
              ElementsAre("NATS_JETSTREAM_STREAM is no name of a stream"));
  EXPECT_THAT(problems_of({{"NATS_JETSTREAM_DURABLE", "a b"}}),
              ElementsAre("NATS_JETSTREAM_DURABLE is no name of a consumer"));
  EXPECT_THAT(problems_of({{"NATS_JETSTREAM_SUBJECT", "a..b"}}),
              ElementsAre("NATS_JETSTREAM_SUBJECT is no subject of NATS"));
  EXPECT_THAT(problems_of({{"NATS_JETSTREAM_SUBJECT", "orders.>"}}), IsEmpty());
}

}  // namespace
}  // namespace rig::nats
