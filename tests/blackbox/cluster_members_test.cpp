// Who is in the cluster: GET /v3/cluster, and what nodes tell each other of themselves.
#include "testkit/cluster.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/raw_socket.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string cluster_of(const Gateway& gateway) {
  const auto reply = fetch(gateway.api(), {.target = "/v3/cluster"});
  EXPECT_EQ(reply.status, 200);
  return reply.body;
}

std::vector<std::string> names_in(const Gateway& gateway) {
  std::vector<std::string> names;
  for (const auto& node : json_items(cluster_of(gateway), "/nodes"))
    names.push_back(json_at(node, "/name").value_or("none"));
  std::ranges::sort(names);
  return names;
}

/// What `gateway` says of the node of that name; empty if it does not know it.
std::string node_in(const Gateway& gateway, std::string_view name) {
  for (auto& node : json_items(cluster_of(gateway), "/nodes"))
    if (json_at(node, "/name") == name) return std::move(node);
  return {};
}

std::optional<std::string> value_in(const Gateway& gateway, std::string_view name,
                                    std::string_view pointer) {
  const auto node = node_in(gateway, name);
  return node.empty() ? std::nullopt : json_at(node, pointer);
}

bool knows(const Gateway& gateway, const std::vector<std::string>& names) {
  return eventually([&] { return names_in(gateway) == names; });
}

Environment named(const NatsServer& server, std::string name, Environment more = {}) {
  more.emplace("CLUSTER_URL", "nats://" + server.address());
  more.emplace("CLUSTER_SECRET", kClusterSecret);
  more.emplace("NODE_HOST", std::move(name));
  more.emplace("LOG_LEVEL", "info");
  return more;
}

std::string reasons_of_departures(Gateway& gateway) {
  std::string reasons;
  for (const auto& line : log_lines(gateway.process().standard_output(), "a node is gone"))
    reasons += json_at(line, "/metadata/name").value_or("?") + ": " +
               json_at(line, "/metadata/reason").value_or("?") + "; ";
  return reasons;
}

TEST(ClusterMembers, EveryNodeListsAll) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  Gateway c(named(server, "c"));
  for (const auto* gateway : {&a, &b, &c})
    EXPECT_TRUE(knows(*gateway, {"a", "b", "c"})) << cluster_of(*gateway);
  const auto view = cluster_of(a);
  EXPECT_EQ(json_at(view, "/bus"), "connected");
  EXPECT_EQ(json_at(view, "/self"), json_at(view, "/nodes/0/id")) << view;
  EXPECT_EQ(json_at(view, "/nodes/0/name"), "a") << "itself first";
  EXPECT_EQ(value_in(a, "b", "/id"), value_in(b, "b", "/id"));
  EXPECT_EQ(value_in(a, "b", "/since"), value_in(b, "b", "/since"));
  EXPECT_EQ(value_in(a, "b", "/version"), value_in(a, "a", "/version"));
  EXPECT_TRUE(eventually([&] { return value_in(a, "b", "/state") == "serving"; }));
  EXPECT_EQ(a.metric("rig_cluster_nodes"), 2);
}

TEST(ClusterMembers, ConnectionsAndInterestOfOthersAreSeen) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  SseClient one(b.inbound(), {"greeting"});
  SseClient two(b.inbound(), {"greeting", "farewell"});
  EXPECT_TRUE(eventually([&] { return value_in(a, "b", "/connections") == "2"; }));
  EXPECT_TRUE(eventually([&] {
    return value_in(a, "b", "/interest/types") == R"(["farewell","greeting"])";
  })) << cluster_of(a);
  EXPECT_EQ(value_in(a, "b", "/interest/count"), "2");
  EXPECT_EQ(value_in(a, "a", "/connections"), "0");
}

TEST(ClusterMembers, ANodeThatStopsSaysSo) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  ASSERT_TRUE(knows(a, {"a", "b"}));
  b.stop();
  EXPECT_TRUE(knows(a, {"a"}));
  EXPECT_EQ(reasons_of_departures(a), "b: it says so; ");
}

TEST(ClusterMembers, ANodeThatDrainsIsSeenToDoSo) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  ASSERT_TRUE(knows(a, {"a", "b"}));
  // It waits for the second request, whose body is not complete; it came together with the first.
  RawSocket slow(b.inbound());
  slow.send(
      "GET /_rig/health HTTP/1.1\r\nhost: x\r\n\r\n"
      "POST /_rig/v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n1");
  EXPECT_EQ(read_reply_head(slow).status, 200);
  b.process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return value_in(a, "b", "/state") == "draining"; }))
      << cluster_of(a);
  slow.send("234567890");
  b.expect_exit(0);
}

TEST(ClusterMembers, ANodeThatIsKilledIsMissed) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  ASSERT_TRUE(knows(a, {"a", "b"}));
  b.kill_now();
  EXPECT_TRUE(knows(a, {"a"}));
  EXPECT_EQ(reasons_of_departures(a), "b: it is silent; ");
}

TEST(ClusterMembers, ANodeWithoutNatsIsAloneUntilItReturns) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  ASSERT_TRUE(knows(a, {"a", "b"}));
  server.kill();
  EXPECT_TRUE(eventually([&] { return json_at(cluster_of(a), "/bus") == "disconnected"; }));
  EXPECT_TRUE(knows(a, {"a"}));
  server.start();
  EXPECT_TRUE(knows(a, {"a", "b"})) << cluster_of(a);
  EXPECT_TRUE(eventually([&] { return json_at(cluster_of(a), "/bus") == "connected"; }));
}

TEST(ClusterMembers, NodesOfOtherVersionsAreUnderstood) {
  NatsServer server;
  Gateway a(named(server, "a"));
  NatsClient later(server.port());
  // Then it hears the others.
  ASSERT_TRUE(eventually([&] { return value_in(a, "a", "/state") == "serving"; }));
  const auto say = [&](std::string_view state) {
    later.publish(
        "rig.1.members",
        R"({"id":"x1","name":"later","version":"9.0.0","state":")" + std::string(state) +
            R"(","since":0,"connections":1,"load":[1],"interest":{"count":0,"types":[]}})");
  };
  say("hibernating");
  EXPECT_TRUE(knows(a, {"a", "later"}));
  EXPECT_EQ(value_in(a, "later", "/state"), "hibernating");
  say("gone");
  EXPECT_TRUE(knows(a, {"a"}));
  later.publish("rig.1.members", R"({"id":"secret"})");
  EXPECT_TRUE(eventually(
      [&] { return a.metric("rig_cluster_lost_messages_total", {{"reason", "invalid"}}) == 1; }));
  EXPECT_THAT(a.process().standard_output(), Not(HasSubstr("secret")));
}

TEST(ClusterMembers, TheBusIsMeasured) {
  NatsServer server;
  Gateway a(named(server, "a"));
  Gateway b(named(server, "b"));
  ASSERT_TRUE(knows(a, {"a", "b"}));
  EXPECT_TRUE(eventually([&] { return a.metric("rig_cluster_bus_rtt_seconds_count") > 0; }));
  for (const char* direction : {"in", "out"}) {
    EXPECT_GT(
        a.metric("rig_nats_link_bytes_total", {{"purpose", "cluster"}, {"direction", direction}}),
        100);
    EXPECT_GT(
        a.metric("rig_cluster_messages_total", {{"direction", direction}, {"kind", "member"}}), 0);
  }
  EXPECT_TRUE(a.metrics().has("rig_nats_link_queue_depth", {{"purpose", "cluster"}}));
}

TEST(ClusterMembers, AGatewayAloneListsItself) {
  Gateway gateway({{"NODE_HOST", "alone"}});
  SseClient client(gateway.inbound(), {"t"});
  const auto view = cluster_of(gateway);
  EXPECT_EQ(json_at(view, "/bus"), "none");
  EXPECT_EQ(names_in(gateway), std::vector<std::string>{"alone"});
  EXPECT_EQ(json_at(view, "/nodes/0/state"), "serving");
  EXPECT_EQ(json_at(view, "/nodes/0/connections"), "1");
  EXPECT_EQ(json_at(view, "/nodes/0/id"), json_at(view, "/self"));
}

TEST(ClusterMembers, TheSettingsOfTheOldPlatformAreExplained) {
  Gateway gateway({{"DISCOVERY_TYPE", "dns"},
                   {"DNS_NAME", "rig-headless.default.svc"},
                   {"NODE_HOST", "10.0.0.7\n\"x\""}});
  const auto log = gateway.process().standard_output();
  EXPECT_THAT(log, HasSubstr("DISCOVERY_TYPE and DNS_NAME have no effect"));
  EXPECT_THAT(log, HasSubstr("CLUSTER_URL"));
  EXPECT_EQ(names_in(gateway).size(), 1U);
  EXPECT_THAT(names_in(gateway)[0], HasSubstr("10.0.0.7"));
}

}  // namespace
}  // namespace testkit
