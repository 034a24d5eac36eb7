// The connection to NATS: servers that come and go, credentials, TLS.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool is_connected(const Gateway& gateway) {
  return gateway.metric("rig_nats_connected", {{"purpose", "source"}}) == 1 &&
         gateway.metric("rig_nats_connected", {{"purpose", "target"}}) == 1;
}

std::string readiness(const Gateway& gateway) {
  const auto reply = fetch(gateway.api(), {.target = "/health/ready"});
  return std::to_string(reply.status) + " " + reply.body;
}

/// True when an event from NATS has got through.
bool delivers(NatsServer& server, Gateway& gateway, std::string_view credentials = {}) {
  SseClient client(gateway.inbound(), {"t"});
  NatsClient(server.port(), credentials).publish("rig", event_json("t", "1"));
  return json_at(client.next_event().data, "/id") == "1";
}

bool has_line(Gateway& gateway, std::string_view message) {
  return !log_lines(gateway.process().standard_output(), message).empty();
}

std::size_t threads_of(Gateway& gateway) {
  const auto folder = "/proc/" + std::to_string(gateway.process().pid()) + "/task";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                std::filesystem::directory_iterator()));
}

TEST(NatsConnection, WithoutServersThereIsNone) {
  Gateway gateway({{"NATS_SERVERS", ""}});
  EXPECT_EQ(readiness(gateway), R"(200 {"status":"ready"})");
  EXPECT_FALSE(gateway.metrics().has("rig_nats_connected"));
  NatsServer server;
  Gateway with({{"NATS_SERVERS", server.address()}});
  EXPECT_TRUE(eventually([&] { return is_connected(with); }));
  EXPECT_LT(threads_of(gateway), threads_of(with));
}

TEST(NatsConnection, ReadinessTellsOfIt) {
  NatsServer server;
  Gateway gateway({{"NATS_SERVERS", server.address()}});
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  EXPECT_EQ(
      readiness(gateway),
      R"(200 {"status":"ready","parts":{"nats_source":"connected","nats_target":"connected"}})");
}

TEST(NatsConnection, WithoutTopicsItIsForRequestsAlone) {
  NatsServer server;
  Gateway gateway({{"NATS_SERVERS", server.address()}, {"NATS_SOURCE_TOPICS", ""}});
  EXPECT_TRUE(eventually(
      [&] { return gateway.metric("rig_nats_connected", {{"purpose", "target"}}) == 1; }));
  EXPECT_EQ(readiness(gateway), R"(200 {"status":"ready","parts":{"nats_target":"connected"}})");
}

TEST(NatsConnection, GatewayStartsWithoutAServerAndFindsItLater) {
  NatsServer server;
  server.kill();
  Gateway gateway({{"NATS_SERVERS", server.address()}});
  EXPECT_THAT(readiness(gateway), R"(200 {"status":"ready","parts":{"nats_source":"disconnected",)"
                                  R"("nats_target":"disconnected"}})");
  EXPECT_TRUE(
      eventually([&] { return has_line(gateway, "NATS cannot be reached, it is tried again"); }));
  server.start();
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  EXPECT_TRUE(delivers(server, gateway));
}

TEST(NatsConnection, IsMadeAgainWhenTheServerComesBack) {
  NatsServer server;
  Gateway gateway({{"NATS_SERVERS", server.address()}});
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  server.kill();
  EXPECT_TRUE(eventually([&] { return !is_connected(gateway); }));
  EXPECT_TRUE(eventually([&] { return has_line(gateway, "the connection to NATS is lost"); }));
  server.start();
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  EXPECT_EQ(gateway.metric("rig_nats_reconnects_total", {{"purpose", "source"}}), 1);
  EXPECT_TRUE(delivers(server, gateway));
}

TEST(NatsConnection, GoesToAnotherServer) {
  NatsServer one;
  NatsServer two;
  two.kill();
  Gateway gateway({{"NATS_SERVERS", one.address() + "," + two.address()}});
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  two.start();
  one.kill();
  const auto reconnects = [&] {
    return gateway.metric("rig_nats_reconnects_total", {{"purpose", "source"}});
  };
  EXPECT_TRUE(eventually([&] { return reconnects() == 1 && is_connected(gateway); }));
  EXPECT_TRUE(delivers(two, gateway));
}

TEST(NatsConnection, AStopDoesNotWaitForServers) {
  NatsServer server;
  Gateway gateway({{"NATS_SERVERS", server.address()}});
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  server.kill();
  EXPECT_TRUE(eventually([&] { return !is_connected(gateway); }));
  gateway.stop();
}

TEST(NatsConnection, UserAndPasswordByUrlOrBySetting) {
  NatsServer server(R"(authorization { user: "ann", password: "p@\"w,\\" })");
  Gateway by_url({{"NATS_SERVERS", "nats://ann:p%40%22w%2C%5C@" + server.address()}});
  Gateway by_setting(
      {{"NATS_SERVERS", server.address()}, {"NATS_USER", "ann"}, {"NATS_PASSWORD", R"(p@"w,\)"}});
  EXPECT_TRUE(eventually([&] { return is_connected(by_url) && is_connected(by_setting); }));
  for (Gateway* gateway : {&by_url, &by_setting}) {
    EXPECT_THAT(gateway->process().standard_output(), Not(HasSubstr("p@")));
    EXPECT_THAT(gateway->process().standard_output(), Not(HasSubstr("p%40")));
  }
}

TEST(NatsConnection, Token) {
  NatsServer server("authorization { token: s3cr3t }");
  Gateway gateway({{"NATS_SERVERS", server.address()}, {"NATS_TOKEN", "s3cr3t"}});
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  EXPECT_THAT(gateway.process().standard_output(), Not(HasSubstr("s3cr3t")));
}

TEST(NatsConnection, WrongPasswordIsToldAndTriedAgain) {
  NatsServer server("authorization { user: ann, password: right }");
  Gateway gateway(
      {{"NATS_SERVERS", server.address()}, {"NATS_USER", "ann"}, {"NATS_PASSWORD", "wr0ng"}});
  EXPECT_TRUE(eventually([&] {
    return gateway.process().standard_output().find("Authorization Violation") != std::string::npos;
  }));
  EXPECT_FALSE(is_connected(gateway));
  EXPECT_THAT(gateway.process().standard_output(), Not(HasSubstr("wr0ng")));
  server.kill();
  server.start("authorization { user: ann, password: wr0ng }");
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
}

// The library gives up after the second refusal; the gateway does not.
TEST(NatsConnection, SurvivesCredentialsThatAreRefusedForAWhile) {
  NatsServer server("authorization { token: right }");
  Gateway gateway({{"NATS_SERVERS", server.address()}, {"NATS_TOKEN", "right"}});
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  server.kill();
  server.start("authorization { token: other }");
  const auto refusals = [&] {
    const auto log = server.log();
    std::size_t count = 0;
    for (auto at = log.find("authentication error"); at != std::string::npos;
         at = log.find("authentication error", at + 1))
      ++count;
    return count;
  };
  EXPECT_TRUE(eventually([&] { return refusals() >= 8; })) << server.log();
  server.kill();
  server.start("authorization { token: right }");
  EXPECT_TRUE(eventually([&] { return is_connected(gateway); }));
  EXPECT_TRUE(delivers(server, gateway, R"("auth_token":"right")"));
}

TEST(NatsConnection, BadSettingsStopTheStart) {
  ChildProcess program({Gateway::program_path()},
                       default_settings({{"NATS_SERVERS", "nats://ann:hidden@host:0"},
                                         {"NATS_SOURCE_TOPICS", "a..b"},
                                         {"NATS_TLS_CA_FILE", "/does/not/exist"}}));
  EXPECT_EQ(program.wait_exit(), 1);
  const auto said = program.standard_error();
  EXPECT_THAT(said, HasSubstr("NATS_SERVERS entry 1 has no valid port"));
  EXPECT_THAT(said, HasSubstr("NATS_SOURCE_TOPICS has an entry that is no subject of NATS"));
  EXPECT_THAT(said, HasSubstr("NATS_TLS_CA_FILE names no readable file"));
  EXPECT_THAT(said, Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace testkit
