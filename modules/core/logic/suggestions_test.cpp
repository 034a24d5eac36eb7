#include "logic/suggestions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> unknown(const EnvSnapshot& env) {
  return unknown_settings(env, {"API_HTTPS_PORT", "API_HTTP_PORT", "CORS", "DNS_NAME", "EXTRACTORS",
                                "HOST", "INBOUND_PORT", "KAFKA_BROKERS", "LOG_FMT", "LOG_LEVEL",
                                "NODE_COOKIE", "NODE_HOST", "RIG_SHARDS", "RIG_SHARD_QUEUE_MAX"});
}

TEST(Suggestions, MisspeltSettingIsNamedWithWhatWasMeant) {
  EXPECT_THAT(unknown({{"RIG_SHARD", "2"}}),
              ElementsAre("RIG_SHARD is not a setting of RIG; did you mean RIG_SHARDS?"));
  EXPECT_THAT(unknown({{"LOG_LEVLE", "info"}}),
              ElementsAre("LOG_LEVLE is not a setting of RIG; did you mean LOG_LEVEL?"));
  EXPECT_THAT(unknown({{"EXTRACTOR", "{}"}}),
              ElementsAre("EXTRACTOR is not a setting of RIG; did you mean EXTRACTORS?"));
  EXPECT_THAT(unknown({{"inbound_port", "1"}}),
              ElementsAre("inbound_port is not a setting of RIG; did you mean INBOUND_PORT?"));
}

TEST(Suggestions, TwoMistakesAreForgivenAndThreeAreNot) {
  EXPECT_THAT(unknown({{"XTRACTOR", "{}"}}),
              ElementsAre("XTRACTOR is not a setting of RIG; did you mean EXTRACTORS?"));
  EXPECT_THAT(unknown({{"TRACTOR", "{}"}}), IsEmpty());
}

TEST(Suggestions, ForgottenWordIsFound) {
  EXPECT_THAT(unknown({{"API_PORT", "4010"}}),
              ElementsAre("API_PORT is not a setting of RIG; did you mean API_HTTP_PORT?"));
}

TEST(Suggestions, NameThatStartsLikeOursIsNamedEvenWithoutSuggestion) {
  EXPECT_THAT(
      unknown({{"RIG_COFFEE", "black"}, {"KAFKA_GROUP_ID", "x"}}),
      ElementsAre("KAFKA_GROUP_ID is not a setting of RIG", "RIG_COFFEE is not a setting of RIG"));
}

TEST(Suggestions, EachUnknownNameHasItsSentence) {
  EXPECT_EQ(unknown({{"RIG_SHARD", ""}, {"RIG_SHARDZ", ""}}).size(), 2U);
}

TEST(Suggestions, KnownSettingsAreNotNamed) {
  EXPECT_THAT(unknown({{"RIG_SHARDS", "2"}, {"CORS", "*"}, {"INBOUND_PORT", ""}}), IsEmpty());
}

TEST(Suggestions, VariablesOfKubernetesAndDockerAreNotNamed) {
  EXPECT_THAT(unknown({{"RIG_SERVICE_HOST", "10.0.0.1"},
                       {"RIG_SERVICE_PORT", "4000"},
                       {"RIG_SERVICE_PORT_API_HTTP", "4010"},
                       {"RIG_PORT", "tcp://10.0.0.1:4000"},
                       {"RIG_PORT_4000_TCP", "tcp://10.0.0.1:4000"},
                       {"RIG_PORT_4000_TCP_PROTO", "tcp"},
                       {"RIG_PORT_4000_TCP_PORT", "4000"},
                       {"RIG_PORT_4000_TCP_ADDR", "10.0.0.1"},
                       {"RIG_NAME", "/app/rig"},
                       {"RIG_ENV_LOG_LEVEL", "warn"},
                       {"KAFKA_PORT", "tcp://10.0.0.2:9092"},
                       {"NATS_PORT_4222_TCP_ADDR", "10.0.0.2"},
                       {"RIG_HEADLESS_SERVICE_HOST", "None"}}),
              IsEmpty());
}

TEST(Suggestions, PortThatAPersonSetIsNamed) {
  EXPECT_THAT(unknown({{"RIG_PORT", "4000"}}), ElementsAre("RIG_PORT is not a setting of RIG"));
  EXPECT_EQ(unknown({{"RIG_PORT_MAX", "4000"}}).size(), 1U);
}

TEST(Suggestions, UnrelatedVariablesAreNotNamed) {
  EXPECT_THAT(unknown({{"PATH", "/bin"},
                       {"HOSTNAME", "rig-0"},
                       {"LOGNAME", "root"},
                       {"NODE_VERSION", "20"},
                       {"NODE_NAME", "worker-1"},
                       {"NODE_HOME", "/usr"},
                       {"POD_NAME", "rig-0"},
                       {"AWS_ACCESS_KEY_ID", "x"},
                       {"HTTPS_PROXY", "http://proxy:3128"},
                       {"https_proxy", "http://proxy:3128"},
                       {"CORE", "1"},
                       {"HOME", "/root"},
                       {"LANG", "C"},
                       {"_", "/usr/bin/env"}}),
              IsEmpty());
}

TEST(Suggestions, ShortNamesAreNotGuessed) { EXPECT_THAT(unknown({{"COORS", "*"}}), IsEmpty()); }

TEST(Suggestions, ControlCharactersInANameCannotStartALine) {
  EXPECT_THAT(unknown({{"RIG_A\nB", ""}}), ElementsAre("RIG_A\\nB is not a setting of RIG"));
}

TEST(Suggestions, EditDistanceCountsInsertionsRemovalsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("abc", "abxc"), 1U);
  EXPECT_EQ(edit_distance("abxc", "abc"), 1U);
  EXPECT_EQ(edit_distance("abc", "axc"), 1U);
  EXPECT_EQ(edit_distance("abc", "acb"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace rig::core
