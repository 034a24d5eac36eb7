#include "logic/original_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::core {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(OriginalSettings, NothingSetMeansNothingSaid) {
  const auto said = check_original_settings({{"PATH", "/bin"}, {"KAFKA_BROKERS", ""}}, {});
  EXPECT_THAT(said.notes, IsEmpty());
  EXPECT_THAT(said.warnings, IsEmpty());
  EXPECT_THAT(said.problems, IsEmpty());
}

TEST(OriginalSettings, SettingOfTheOldPlatformIsExplained) {
  const auto said = check_original_settings(
      {{"NODE_COOKIE", "magiccookie"}, {"KINESIS_CLIENT_JAR", "x.jar"}}, {});
  EXPECT_THAT(said.notes,
              ElementsAre(AllOf(HasSubstr("NODE_COOKIE"), Not(HasSubstr("magiccookie"))),
                          "KINESIS_CLIENT_JAR has no effect: there is no Java client any more"));
  EXPECT_THAT(said.warnings, IsEmpty());
  EXPECT_THAT(said.problems, IsEmpty());
}

TEST(OriginalSettings, DiscoveryIsAWarningUntilItsSuccessorIsSet) {
  const auto alone = check_original_settings({{"DISCOVERY_TYPE", "dns"}, {"DNS_NAME", "x"}}, {});
  EXPECT_THAT(alone.warnings,
              ElementsAre("DISCOVERY_TYPE and DNS_NAME have no effect: it is CLUSTER_URL now, "
                          "gateways find each other over the NATS servers that it names"));
  EXPECT_THAT(alone.notes, IsEmpty());
  const auto cluster =
      check_original_settings({{"DISCOVERY_TYPE", "DNS"}, {"CLUSTER_URL", "nats://n"}}, {});
  EXPECT_THAT(cluster.notes, ElementsAre(HasSubstr("DISCOVERY_TYPE has no effect")));
  EXPECT_THAT(cluster.warnings, IsEmpty());
  EXPECT_THAT(cluster.problems, IsEmpty());
}

TEST(OriginalSettings, SettingsOfOneFeatureMakeOneWarning) {
  const auto said = check_original_settings({{"KAFKA_BROKERS", "kafka:9092"},
                                             {"KAFKA_SASL", "plain:user:pass"},
                                             {"KAFKA_SSL_ENABLED", "1"},
                                             {"NATS_SERVERS", "nats:4222"}},
                                            {});
  EXPECT_THAT(said.warnings,
              ElementsAre("KAFKA_BROKERS, KAFKA_SASL and KAFKA_SSL_ENABLED have no effect: "
                          "this build does not support Kafka yet",
                          "NATS_SERVERS has no effect: this build does not support NATS yet"));
  EXPECT_THAT(said.problems, IsEmpty());
}

TEST(OriginalSettings, WhatIsSwitchedOffNeedsNoWarning) {
  EXPECT_THAT(
      check_original_settings({{"KINESIS_ENABLED", "no"}, {"KAFKA_SSL_ENABLED", "False"}}, {})
          .warnings,
      IsEmpty());
  EXPECT_THAT(check_original_settings({{"MAX_CONNECTIONS_PER_MINUTE", "0"}}, {}).warnings,
              ElementsAre(HasSubstr("MAX_CONNECTIONS_PER_MINUTE")));
}

TEST(OriginalSettings, CheckThatWouldBeSkippedStopsTheStart) {
  const auto said = check_original_settings(
      {{"SUBSCRIPTION_CHECK", "jwt_validation"}, {"SUBMISSION_CHECK", "http://user:pw@host/check"}},
      {});
  EXPECT_THAT(said.problems,
              ElementsAre(HasSubstr("SUBSCRIPTION_CHECK asks for a check"),
                          AllOf(HasSubstr("SUBMISSION_CHECK"), Not(HasSubstr("pw")))));
}

TEST(OriginalSettings, NoCheckIsWhatThisBuildDoes) {
  for (const char* value : {"", "no_check", "NO_CHECK"}) {
    const auto said =
        check_original_settings({{"SUBSCRIPTION_CHECK", value}, {"SUBMISSION_CHECK", value}}, {});
    EXPECT_THAT(said.problems, IsEmpty()) << value;
    EXPECT_THAT(said.warnings, IsEmpty()) << value;
  }
}

TEST(OriginalSettings, CertificateThatWouldBeIgnoredStopsTheStart) {
  const auto said =
      check_original_settings({{"HTTPS_CERTFILE", "cert.pem"}, {"HTTPS_KEYFILE", "key.pem"}}, {});
  EXPECT_THAT(said.problems,
              ElementsAre(HasSubstr("HTTPS_CERTFILE is set"), HasSubstr("HTTPS_KEYFILE is set")));
  EXPECT_THAT(check_original_settings({{"HTTPS_CERTFILE", ""}}, {}).problems, IsEmpty());
}

TEST(OriginalSettings, SettingThatAModuleReadsIsNotMentioned) {
  const auto said =
      check_original_settings({{"KAFKA_BROKERS", "kafka:9092"},
                               {"HTTPS_CERTFILE", "cert.pem"},
                               {"SUBMISSION_CHECK", "jwt_validation"},
                               {"HOST", "rig"}},
                              {"KAFKA_BROKERS", "HTTPS_CERTFILE", "SUBMISSION_CHECK", "HOST"});
  EXPECT_THAT(said.notes, IsEmpty());
  EXPECT_THAT(said.warnings, IsEmpty());
  EXPECT_THAT(said.problems, IsEmpty());
}

TEST(OriginalSettings, EverySettingOfVersionThreeIsKnown) {
  const auto names = original_setting_names();
  for (const char* name : {"INBOUND_PORT",
                           "INBOUND_HTTPS_PORT",
                           "API_HTTP_PORT",
                           "API_HTTPS_PORT",
                           "HOST",
                           "HTTPS_CERTFILE",
                           "HTTPS_KEYFILE",
                           "HTTPS_KEYFILE_PASS",
                           "CORS",
                           "MAX_CONNECTIONS_PER_MINUTE",
                           "DISCOVERY_TYPE",
                           "DNS_NAME",
                           "NODE_HOST",
                           "NODE_COOKIE",
                           "EXTRACTORS",
                           "JWT_SECRET_KEY",
                           "JWT_ALG",
                           "JWT_SESSION_FIELD",
                           "SUBSCRIPTION_CHECK",
                           "SUBMISSION_CHECK",
                           "PROXY_CONFIG_FILE",
                           "PROXY_RECV_TIMEOUT",
                           "PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT",
                           "PROXY_KAFKA_RESPONSE_TIMEOUT",
                           "PROXY_KINESIS_RESPONSE_TIMEOUT",
                           "PROXY_NATS_RESPONSE_TIMEOUT",
                           "PROXY_KAFKA_RESPONSE_TOPICS",
                           "PROXY_KAFKA_RESPONSE_KAFKA_GROUP_ID",
                           "PROXY_KINESIS_REQUEST_REGION",
                           "REQUEST_LOG",
                           "KAFKA_BROKERS",
                           "KAFKA_SOURCE_TOPICS",
                           "KAFKATOFILTER_KAFKA_GROUP_ID",
                           "KAFKA_SERIALIZER",
                           "KAFKA_SCHEMA_REGISTRY_HOST",
                           "KAFKA_SASL",
                           "KAFKA_SSL_ENABLED",
                           "KAFKA_SSL_CA_CERTFILE",
                           "KAFKA_SSL_CERTFILE",
                           "KAFKA_SSL_KEYFILE",
                           "KAFKA_SSL_KEYFILE_PASS",
                           "KAFKA_LOG_TOPIC",
                           "KAFKA_LOG_SCHEMA",
                           "KAFKA_RESTART_DELAY_MS",
                           "NATS_SERVERS",
                           "NATS_SOURCE_TOPICS",
                           "NATSTOFILTER_QUEUE_GROUP",
                           "KINESIS_ENABLED",
                           "KINESIS_APP_NAME",
                           "KINESIS_AWS_REGION",
                           "KINESIS_STREAM",
                           "KINESIS_ENDPOINT",
                           "KINESIS_DYNAMODB_ENDPOINT",
                           "KINESIS_LOG_LEVEL",
                           "KINESIS_CLIENT_JAR",
                           "KINESIS_OTP_JAR",
                           "LOG_LEVEL",
                           "LOG_FMT",
                           "PROMETHEUS_METRICS_ENABLED",
                           "JAEGER_HOST",
                           "JAEGER_PORT",
                           "JAEGER_SERVICE_NAME",
                           "ZIPKIN_ADDR",
                           "ZIPKIN_SERVICE_NAME"})
    EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace rig::core
