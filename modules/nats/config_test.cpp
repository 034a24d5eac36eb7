#include "config.hpp"
#include "access.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::nats {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> problems_of(EnvSnapshot settings) {
  EnvReader env(std::move(settings));
  (void)NatsConfig::from_env(env);
  return env.problems();
}

TEST(NatsConfig, IsOffWithoutServers) {
  for (const char* servers : {"", " ", ","}) {
    EnvReader env({{"NATS_SERVERS", servers}});
    EXPECT_FALSE(NatsConfig::from_env(env).is_on()) << servers;
    EXPECT_THAT(env.problems(), IsEmpty());
  }
}

TEST(NatsConfig, Defaults) {
  EnvReader env({{"NATS_SERVERS", "nats:4222"}});
  const auto config = NatsConfig::from_env(env);
  EXPECT_TRUE(config.is_on());
  EXPECT_THAT(config.connection.servers, ElementsAre("nats:4222"));
  EXPECT_FALSE(config.connection.tls.is_on);
  EXPECT_THAT(config.source.topics, ElementsAre("rig"));
  EXPECT_EQ(config.source.queue_group, "rig-nats-to-filter");
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(NatsConfig, TopicsAreSubjectsEachOnce) {
  EnvReader env({{"NATS_SOURCE_TOPICS", "a.*, b.>,,a.*"}});
  EXPECT_THAT(NatsConfig::from_env(env).source.topics, ElementsAre("a.*", "b.>"));
  EXPECT_THAT(env.problems(), IsEmpty());
  EXPECT_THAT(problems_of({{"NATS_SOURCE_TOPICS", "a..b"}}),
              ElementsAre("NATS_SOURCE_TOPICS has an entry that is no subject of NATS"));
  EXPECT_THAT(problems_of({{"NATSTOFILTER_QUEUE_GROUP", "a.*"}}),
              ElementsAre("NATSTOFILTER_QUEUE_GROUP is no name of a queue group"));
}

TEST(NatsConfig, NoTopicsIsATargetAlone) {
  EnvReader env({{"NATS_SERVERS", "nats:4222"}, {"NATS_SOURCE_TOPICS", ""}});
  EXPECT_THAT(NatsConfig::from_env(env).source.topics, IsEmpty());
}

TEST(NatsConfig, CredentialsOfUrlsOrOfSettings) {
  EnvReader by_url({{"NATS_SERVERS", "nats://ann:pw@nats"}});
  EXPECT_EQ(NatsConfig::from_env(by_url).connection.credentials.user, "ann");
  EnvReader by_setting({{"NATS_USER", "ann"}, {"NATS_PASSWORD", "pw"}});
  EXPECT_EQ(NatsConfig::from_env(by_setting).connection.credentials.password.reveal(), "pw");
  EXPECT_THAT(problems_of({{"NATS_SERVERS", "nats://ann:pw@nats"}, {"NATS_TOKEN", "t"}}),
              ElementsAre(HasSubstr("only one kind may be set")));
  EXPECT_THAT(problems_of({{"NATS_PASSWORD", "pw"}}), ElementsAre("NATS_PASSWORD needs NATS_USER"));
  EXPECT_THAT(problems_of({{"NATS_NKEY", "UABC"}}), ElementsAre(HasSubstr("only together")));
}

TEST(NatsConfig, SecretsAreNotRepeated) {
  const auto problems =
      problems_of({{"NATS_SERVERS", "nats://ann:hidden@nats:0"}, {"NATS_USER", "b"}});
  EXPECT_THAT(problems, ElementsAre("NATS_SERVERS entry 1 has no valid port"));
  EnvReader env({{"NATS_SERVERS", "nats://ann:hidden@nats"}});
  (void)NatsConfig::from_env(env);
  for (const auto& record : env.records()) {
    const bool holds_secret = record.name == "NATS_SERVERS" || record.name == "NATS_PASSWORD" ||
                              record.name == "NATS_TOKEN";
    if (record.name.starts_with("NATS")) EXPECT_EQ(record.secret, holds_secret) << record.name;
  }
}

TEST(NatsConfig, TlsBySchemeOrBySetting) {
  EnvReader by_scheme({{"NATS_SERVERS", "tls://nats"}});
  EXPECT_TRUE(NatsConfig::from_env(by_scheme).connection.tls.is_on);
  EnvReader by_setting({{"NATS_TLS", "true"}});
  EXPECT_TRUE(NatsConfig::from_env(by_setting).connection.tls.is_on);
}

TEST(NatsConfig, FilesMustBeReadable) {
  for (const char* name : {"NATS_TLS_CA_FILE", "NATS_CREDENTIALS_FILE"}) {
    EXPECT_THAT(problems_of({{name, "/does/not/exist"}}),
                ElementsAre(std::string(name) + " names no readable file"));
  }
  EXPECT_THAT(problems_of({{"NATS_TLS_CERT_FILE", "/dev/null"}}),
              Contains(HasSubstr("only together")));
}

TEST(NatsConfig, OtherConnectionsHaveTheSameSettingsByAnotherPrefix) {
  EnvReader env({{"CLUSTER_NKEY", "U"}, {"CLUSTER_TOKEN", "t"}, {"CLUSTER_TLS", "true"}});
  Servers servers;
  servers.addresses = {"nats:4222"};
  const auto config = read_connection(env, "CLUSTER", "CLUSTER_URL", std::move(servers));
  EXPECT_THAT(config.servers, ElementsAre("nats:4222"));
  EXPECT_TRUE(config.tls.is_on);
  EXPECT_THAT(env.problems(),
              ElementsAre("CLUSTER_NKEY and CLUSTER_NKEY_SEED_FILE are of use only together",
                          "CLUSTER_URL and CLUSTER_USER, CLUSTER_TOKEN, CLUSTER_CREDENTIALS_FILE "
                          "and CLUSTER_NKEY name different credentials; only one kind may be set"));
}

}  // namespace
}  // namespace rig::nats
