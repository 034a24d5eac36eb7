#include "logic/target_rules.hpp"

#include "logic/definition_check.hpp"
#include "logic/definition_parser.hpp"
#include "logic/testing/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::json_of;
using Lines = std::vector<std::string>;

const std::string kSingle = R"("target_url":"https://h","port":1)";
const std::string kTwo = R"("targets":[{"target_url":"a","port":1},{"target_url":"b","port":2}])";

boost::json::value with_proxy(const std::string& members, const std::string& endpoints = "") {
  auto value = testing::definition("api", "", endpoints);
  value.get_object()["proxy"] = json_of("{" + members + "}");
  return value;
}

/// Each error as "field: reason".
Lines lines(const std::string& members, const DefinitionRules& rules = {}) {
  Lines lines;
  for (const auto& error : check_definition(with_proxy(members), rules))
    lines.push_back(error.field + ": " + error.reason);
  return lines;
}

/// Of the member of an API that is fine otherwise.
Lines member_lines(const std::string& member) { return lines(kSingle + "," + member); }

TargetRules read(const std::string& members, const DefinitionRules& rules = {}) {
  auto api = parse_definition(with_proxy(members), rules);
  if (!api) throw std::runtime_error(api.error().front().field + api.error().front().reason);
  return api->targets;
}

TEST(TargetRules, OneTargetIsPlain) {
  const auto rules = read(kSingle);
  EXPECT_THAT(rules.targets, ElementsAre(BalancedTarget{{true, "h", 1}, 1}));
  EXPECT_TRUE(rules.is_plain());
  EXPECT_EQ(rules.retries, 0U);
  EXPECT_EQ(rules.timeouts, Timeouts());
  EXPECT_EQ(rules.requests, nullptr);
  EXPECT_TRUE(read(kSingle + R"(,"tls":{"verify":false},"timeouts":{"total":1})").is_plain());
  for (const auto* member :
       {R"("max_requests":1)", R"("circuit_breaker":{})", R"("health_check":{"path":"/"})"})
    EXPECT_FALSE(read(kSingle + "," + member).is_plain()) << member;
}

TEST(TargetRules, SeveralTargetsHaveOneRetryAndABreaker) {
  const auto rules = read(kTwo);
  EXPECT_THAT(rules.targets,
              ElementsAre(BalancedTarget{{false, "a", 1}, 1}, BalancedTarget{{false, "b", 2}, 1}));
  EXPECT_FALSE(rules.is_plain());
  EXPECT_EQ(rules.balance, Balance());
  EXPECT_EQ(rules.retries, 1U);
  EXPECT_EQ(rules.breaker, BreakerRules());
  EXPECT_EQ(rules.health_check, std::nullopt);
  EXPECT_EQ(read(kTwo + R"(,"circuit_breaker":{"failures":0})").breaker, std::nullopt);
  EXPECT_EQ(read(kTwo + R"(,"retries":10)").retries, 1U);  // there is one other
  EXPECT_EQ(read(kTwo + R"(,"retries":0)").retries, 0U);
}

TEST(TargetRules, TargetBesideTheListIsTheFirst) {
  const auto rules = read(kSingle + "," + kTwo);
  EXPECT_THAT(rules.targets,
              ElementsAre(BalancedTarget{{true, "h", 1}, 1}, BalancedTarget{{false, "a", 1}, 1},
                          BalancedTarget{{false, "b", 2}, 1}));
}

TEST(TargetRules, AllMembers) {
  const auto rules = read(
      R"("targets":[{"target_url":"https://a","port":1,"weight":3}],
      "balance":"hash:header:X-User","retries":2,"max_requests":7,
      "health_check":{"path":"/ok?a=b","interval":"5s","timeout":500,"unhealthy_after":4,
                      "healthy_after":5,"statuses":[204]},
      "circuit_breaker":{"failures":6,"open_for":"1m","statuses":[500,503]},
      "tls":{"verify":false,"ca_file":"ca.pem","server_name":"inner.example"},
      "timeouts":{"connect":1,"first_byte":"2s","idle":"3s","total":"4s"})");
  EXPECT_THAT(rules.targets, ElementsAre(BalancedTarget{{true, "a", 1}, 3}));
  EXPECT_EQ(rules.balance, (Balance{Balance::By::kHeader, "X-User"}));
  EXPECT_EQ(rules.requests_max, 7U);
  ASSERT_NE(rules.requests, nullptr);
  EXPECT_EQ(*rules.requests, 0U);
  EXPECT_EQ(rules.health_check,
            (HealthCheck{"/ok?a=b", seconds(5), milliseconds(500), 4, 5, {204}}));
  EXPECT_EQ(rules.breaker, (BreakerRules{6, minutes(1), {500, 503}}));
  EXPECT_EQ(rules.tls, (TlsRules{false, "ca.pem", "inner.example"}));
  EXPECT_EQ(rules.timeouts, (Timeouts{milliseconds(1), seconds(2), seconds(3), seconds(4)}));
}

TEST(TargetRules, EndpointHasTheTimeoutsOfItsApiUnlessItHasItsOwn) {
  const auto api = parse_definition(
      with_proxy(kSingle + R"(,"timeouts":{"first_byte":"2s","total":"9s"})",
                 testing::endpoint("a") + "," +
                     testing::endpoint("b", R"(,"timeouts":{"total":"1s","idle":7})")),
      {});
  ASSERT_TRUE(api.has_value());
  EXPECT_EQ(api->endpoints[0].timeouts, (Timeouts{.first_byte = seconds(2), .total = seconds(9)}));
  EXPECT_EQ(api->endpoints[1].timeouts,
            (Timeouts{.first_byte = seconds(2), .idle = milliseconds(7), .total = seconds(1)}));
  const auto errors = check_definition(
      with_proxy(kSingle, testing::endpoint("b", R"(,"timeouts":{"total":"soon"})")), {});
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].key, "api/b");
  EXPECT_EQ(errors[0].field, "timeouts.total");
}

TEST(TargetRules, UseEnvOfATarget) {
  DefinitionRules rules;
  rules.variables = std::make_shared<const EnvSnapshot>(EnvSnapshot{{"HOST", "https://x"}});
  const auto targets =
      read(R"("targets":[{"target_url":"HOST","use_env":true,"port":3}])", rules).targets;
  EXPECT_THAT(targets, ElementsAre(BalancedTarget{{true, "x", 3}, 1}));
}

TEST(TargetRules, ListOfTargetsNeedsNoTargetBesideIt) {
  EXPECT_THAT(lines(kTwo), IsEmpty());
  EXPECT_THAT(
      lines(kTwo + R"(,"port":1)"),
      ElementsAre("target_url: must be string", "target_url: must have a length of at least 1"));
}

TEST(TargetRules, ErrorsOfTargetsNameThem) {
  EXPECT_THAT(lines(R"("targets":[])"),
              ElementsAre("targets: must be list of at least one target"));
  EXPECT_THAT(lines(R"("targets":{})"),
              ElementsAre("targets: must be list of at least one target"));
  EXPECT_THAT(
      lines(R"("targets":[7,{"target_url":"ftp://h","port":0,"use_env":1,"weight":0,"wait":1}])"),
      ElementsAre("targets[0]: must be object", "targets[1].wait: is not known",
                  "targets[1].port: must be from 1 to 65535",
                  "targets[1].target_url: must be a host, http://host or https://host",
                  "targets[1].use_env: must be boolean",
                  "targets[1].weight: must be integer from 1 to 1000"));
  EXPECT_THAT(
      lines(R"("targets":[{"target_url":"a","port":1},{"target_url":"http://a","port":1}])"),
      ElementsAre("targets: must not have a with port 1 twice"));
  std::string many;
  for (int i = 0; i < 101; ++i) many += (many.empty() ? "" : ",") + std::string("1");
  EXPECT_THAT(lines(R"("targets":[)" + many + "]"),
              ElementsAre("targets: must have at most 100 targets"));
}

TEST(TargetRules, ErrorsOfMembers) {
  EXPECT_THAT(member_lines(R"("balance":"random")"),
              ElementsAre("balance: must be round_robin, least_requests, hash:address, hash:path "
                          "or hash:header:NAME"));
  EXPECT_THAT(member_lines(R"("balance":1)"), ElementsAre("balance: must be string"));
  EXPECT_THAT(member_lines(R"("retries":-1)"),
              ElementsAre("retries: must be integer from 0 to 10"));
  EXPECT_THAT(member_lines(R"("max_requests":0)"),
              ElementsAre("max_requests: must be integer from 1 to 1000000"));
  EXPECT_THAT(member_lines(R"("timeouts":5)"), ElementsAre("timeouts: must be object"));
  EXPECT_THAT(member_lines(R"("timeouts":{"total":0,"read":1})"),
              ElementsAre("timeouts.read: is not known",
                          "timeouts.total: must be a time from 1ms to 24h, in milliseconds or with "
                          "a unit"));
  EXPECT_THAT(
      member_lines(R"("circuit_breaker":{"failures":"many","open_for":"x","statuses":[99]})"),
      ElementsAre("circuit_breaker.failures: must be integer from 0 to 1000",
                  "circuit_breaker.open_for: must be a time from 1ms to 1h, in "
                  "milliseconds or with a unit",
                  "circuit_breaker.statuses: must be a list of status codes from 200 to "
                  "599"));
}

TEST(TargetRules, ErrorsOfHealthChecks) {
  for (const auto* path : {"", "health", "/a b", "/\\r\\n", "/a#b", "http://h/"}) {
    EXPECT_THAT(member_lines(R"("health_check":{"path":")" + std::string(path) + "\"}"),
                ElementsAre("health_check.path: must be a path, with its query if it has one"))
        << path;
  }
  EXPECT_THAT(member_lines(R"("health_check":{"path":"/","intervall":1,"interval":"100ms",
                              "unhealthy_after":0,"statuses":200})"),
              ElementsAre("health_check.intervall: is not known",
                          "health_check.interval: must be a time from 250ms to 1h, in "
                          "milliseconds or with a unit",
                          "health_check.unhealthy_after: must be integer from 1 to 1000",
                          "health_check.statuses: must be a list of status codes from 200 to 599"));
}

TEST(TargetRules, ErrorsOfTls) {
  DefinitionRules rules;
  rules.fault_of_ca_file = [](const std::string& file) {
    return file == "good.pem" ? std::string() : "cannot open it";
  };
  EXPECT_THAT(lines(kSingle + R"(,"tls":{"ca_file":"good.pem"})", rules), IsEmpty());
  EXPECT_THAT(
      lines(kSingle + R"(,"tls":{"ca_file":"no.pem","verify":"no","server_name":"a b"})", rules),
      ElementsAre("tls.verify: must be boolean", "tls.server_name: must be the name of a host",
                  "tls.ca_file: must be a file of certificates: cannot open it"));
  EXPECT_THAT(lines(R"("target_url":"http://h","port":1,"tls":{"verify":false})"),
              ElementsAre("tls: needs a target with https://"));
}

}  // namespace
}  // namespace rig::proxy
