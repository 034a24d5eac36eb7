// What all nodes of a cluster know: API definitions and cut-off sessions, written with a look at
// what is there, kept through the loss of NATS, and known by whoever comes.
#include "cluster_node.hpp"
#include "testkit/backend.hpp"
#include "testkit/cluster.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <optional>
#include <string>
#include <string_view>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HttpReply change(const Gateway& node, std::string method, const std::string& path,
                 const std::string& body = "") {
  return with_json(node.api(), std::move(method), path, body);
}

std::string named(std::string_view id, std::string_view name, const Backend& backend) {
  return R"({"id":")" + std::string(id) + R"(","name":")" + std::string(name) +
         R"(","proxy":{"target_url":"localhost","port":)" + std::to_string(backend.port()) +
         R"(},"version_data":{"default":{"endpoints":[{"id":"e","method":"GET","path":"/)" +
         std::string(id) + R"("}]}}})";
}

std::optional<std::string> name_of(const Gateway& node, std::string_view id) {
  return json_at(fetch(node.api(), {.target = "/v3/apis/" + std::string(id)}).body, "/name");
}

HttpReply let_in(const Gateway& node, const std::string& session) {
  return fetch(node.api(), {.method = "DELETE", .target = "/v3/session-blacklist/" + session});
}

double of_map(const Gateway& node, const std::string& what, const std::string& map) {
  return node.metric("rig_cluster_map_" + what, {{"map", map}});
}

/// Two requests at the same time.
template <class A, class B>
std::pair<HttpReply, HttpReply> at_once(A a, B b) {
  auto first = std::async(std::launch::async, a);
  auto second = b();
  return {first.get(), std::move(second)};
}

TEST(ClusterState, OfTwoNodesThatMakeTheSameApiOneIsRefused) {
  constexpr int kRounds = 20;
  Backend backend;
  NatsServer server;
  Node a(server);
  Node b(server);
  for (int round = 0; round < kRounds; ++round) {
    const auto id = "api" + std::to_string(round);
    const auto [at_a, at_b] =
        at_once([&] { return change(a, "POST", "/v3/apis", named(id, "of-a", backend)); },
                [&] { return change(b, "POST", "/v3/apis", named(id, "of-b", backend)); });
    ASSERT_EQ(std::min(at_a.status, at_b.status), 201) << at_a.body << at_b.body;
    ASSERT_EQ(std::max(at_a.status, at_b.status), 409) << at_a.body << at_b.body;
    const auto* winner = at_a.status == 201 ? "of-a" : "of-b";
    EXPECT_TRUE(eventually([&] { return name_of(a, id) == winner && name_of(b, id) == winner; }));
  }
}

TEST(ClusterState, OfTwoChangesAtTheSameMomentOneIsRefused) {
  Backend backend;
  NatsServer server;
  Node a(server);
  Node b(server);
  ASSERT_EQ(change(a, "POST", "/v3/apis", named("shop", "first", backend)).status, 201);
  ASSERT_TRUE(eventually([&] { return name_of(b, "shop") == "first"; }));
  int rounds = 0;
  const auto race = [&] {
    const auto of = std::to_string(++rounds);
    const auto [at_a, at_b] = at_once(
        [&] { return change(a, "PUT", "/v3/apis/shop", named("shop", "a" + of, backend)); },
        [&] { return change(b, "PUT", "/v2/apis/shop", named("shop", "b" + of, backend)); });
    EXPECT_EQ(std::min(at_a.status, at_b.status), 200) << at_a.body << at_b.body;
    const auto& slower = at_a.status == 409 ? at_a : at_b;
    if (slower.status != 409) return false;
    EXPECT_THAT(slower.body, HasSubstr("at the same moment"));
    const auto winner = (&slower == &at_a ? "b" : "a") + of;
    EXPECT_TRUE(
        eventually([&] { return name_of(a, "shop") == winner && name_of(b, "shop") == winner; }));
    return true;
  };
  EXPECT_TRUE(eventually(race)) << rounds << " rounds";
  EXPECT_GE(of_map(a, "conflicts_total", "apis") + of_map(b, "conflicts_total", "apis"), 1);
}

TEST(ClusterState, WithoutNatsApisAreServedAndNotChanged) {
  Backend backend;
  NatsServer server;
  Node a(server);
  ASSERT_EQ(change(a, "POST", "/v3/apis", named("shop", "first", backend)).status, 201);
  server.kill();
  expect_state(a, "disconnected");
  EXPECT_EQ(status_of(a, "/shop"), 200);
  for (const auto& reply : {change(a, "POST", "/v3/apis", named("more", "x", backend)),
                            change(a, "PUT", "/v3/apis/shop", named("shop", "second", backend)),
                            change(a, "DELETE", "/v3/apis/shop")}) {
    EXPECT_EQ(reply.status, 503);
    EXPECT_THAT(json_at(reply.body, "/message").value_or(""), HasSubstr("cannot be reached"));
  }
  EXPECT_EQ(change(a, "POST", "/v3/apis", "{}").status, 400) << "what is wrong is wrong anyway";
  EXPECT_EQ(name_of(a, "shop"), "first");
  EXPECT_EQ(name_of(a, "more"), std::nullopt);
  EXPECT_EQ(fetch(a.api(), {.target = "/health/ready"}).status, 200);
  server.start();
  EXPECT_TRUE(eventually([&] {
    return change(a, "PUT", "/v3/apis/shop", named("shop", "second", backend)).status == 200;
  }));
  EXPECT_EQ(name_of(a, "shop"), "second");
}

TEST(ClusterState, WithoutNatsASessionIsCutOffHereAndEverywhereLater) {
  NatsServer server;
  Node a(server, {kKey});
  Node b(server, {kKey});
  ASSERT_EQ(cut_off(a, "before").status, 201);
  SseClient at_a(a.inbound(), sse_of("gone"));
  SseClient at_b(b.inbound(), sse_of("gone"));
  at_a.read_greeting();
  at_b.read_greeting();
  server.kill();
  expect_state(a, "disconnected");
  const auto reply = cut_off(a, "gone");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("on this node only"));
  EXPECT_EQ(at_a.next_event().type, "rig.session_killed");
  EXPECT_EQ(status_of_connecting(a, "gone"), kCutOff);
  EXPECT_EQ(status_of_connecting(b, "gone"), 200);
  EXPECT_EQ(let_in(a, "before").status, 503);
  EXPECT_EQ(status_of_connecting(a, "before"), kCutOff) << "it stays on the safe side";
  server.start();
  EXPECT_EQ(at_b.next_event().type, "rig.session_killed");
  EXPECT_EQ(status_of_connecting(b, "gone"), kCutOff);
  EXPECT_TRUE(eventually([&] { return let_in(a, "before").status == 204; }));
  EXPECT_TRUE(eventually([&] { return status_of_connecting(b, "before") == 200; }));
}

TEST(ClusterState, ANodeThatWasAwayCatchesUp) {
  Backend backend;
  Cluster cluster(2, {kKey});
  auto& a = cluster.node(0);
  auto& b = cluster.node(1);
  ASSERT_EQ(change(a, "POST", "/v3/apis", named("shop", "first", backend)).status, 201);
  ASSERT_EQ(cut_off(a, "back").status, 201);
  ASSERT_TRUE(eventually([&] { return status_of_connecting(b, "back") == kCutOff; }));
  ASSERT_TRUE(eventually([&] { return name_of(b, "shop") == "first"; }));
  cluster.link(1).refuse();
  expect_state(b, "disconnected");
  EXPECT_EQ(change(a, "PUT", "/v3/apis/shop", named("shop", "second", backend)).status, 200);
  EXPECT_EQ(change(a, "POST", "/v3/apis", named("more", "new", backend)).status, 201);
  EXPECT_EQ(cut_off(a, "gone").status, 201);
  EXPECT_EQ(let_in(a, "back").status, 204);
  EXPECT_EQ(name_of(b, "shop"), "first");
  EXPECT_EQ(status_of(b, "/shop"), 200) << "it serves what it knows";
  EXPECT_EQ(status_of_connecting(b, "back"), kCutOff);
  EXPECT_EQ(change(b, "DELETE", "/v3/apis/shop").status, 503);
  cluster.heal();
  EXPECT_TRUE(eventually([&] { return name_of(b, "shop") == "second"; }));
  EXPECT_TRUE(eventually([&] { return name_of(b, "more") == "new"; }));
  EXPECT_TRUE(eventually([&] { return status_of_connecting(b, "gone") == kCutOff; }));
  EXPECT_TRUE(eventually([&] { return status_of_connecting(b, "back") == 200; }));
  for (const auto* map : {"apis", "blacklist"})
    EXPECT_EQ(of_map(a, "revision", map), of_map(b, "revision", map)) << map;
}

TEST(ClusterState, AChangeIsNotWaitedForWhenTheLinkIsSilent) {
  Backend backend;
  Cluster cluster(2, {kKey});
  auto& a = cluster.node(0);
  ASSERT_EQ(change(a, "POST", "/v3/apis", named("shop", "first", backend)).status, 201);
  cluster.link(0).cut();
  EXPECT_EQ(change(a, "PUT", "/v3/apis/shop", named("shop", "second", backend)).status, 503);
  EXPECT_EQ(cut_off(a, "gone").status, 503);
  EXPECT_EQ(status_of_connecting(a, "gone"), kCutOff);
  EXPECT_EQ(status_of(a, "/shop"), 200);
  cluster.link(0).heal();
  EXPECT_TRUE(eventually([&] { return status_of_connecting(cluster.node(1), "gone") == kCutOff; }));
  EXPECT_TRUE(eventually([&] {
    return change(a, "PUT", "/v3/apis/shop", named("shop", "third", backend)).status == 200;
  }));
  EXPECT_TRUE(eventually([&] { return name_of(cluster.node(1), "shop") == "third"; }));
}

TEST(ClusterState, NatsThatBeginsWithoutAnythingForgetsNothing) {
  Backend backend;
  NatsServer server;
  Node a(server, {kKey});
  Node b(server, {kKey});
  ASSERT_EQ(change(a, "POST", "/v3/apis", named("shop", "first", backend)).status, 201);
  ASSERT_EQ(change(a, "POST", "/v3/apis", named("old", "x", backend)).status, 201);
  ASSERT_TRUE(eventually([&] { return name_of(b, "shop") == "first"; }));
  ASSERT_EQ(change(b, "PUT", "/v3/apis/shop", named("shop", "second", backend)).status, 200);
  ASSERT_EQ(change(a, "DELETE", "/v3/apis/old").status, 204);
  ASSERT_EQ(cut_off(b, "gone").status, 201);
  server.kill();
  server.start();
  expect_state(a, "connected");
  expect_state(b, "connected");
  Node c(server, {kKey});
  EXPECT_TRUE(eventually([&] { return status_of_connecting(c, "gone") == kCutOff; }));
  EXPECT_TRUE(eventually([&] { return name_of(c, "shop") == "second"; }));
  EXPECT_EQ(name_of(c, "old"), std::nullopt) << "what was deleted stays deleted";
  EXPECT_EQ(change(c, "PUT", "/v3/apis/shop", named("shop", "third", backend)).status, 200);
  EXPECT_TRUE(eventually([&] { return name_of(a, "shop") == "third"; }));
  EXPECT_TRUE(eventually([&] { return name_of(b, "shop") == "third"; }));
}

TEST(ClusterState, WhenAllNodesAndNatsAreGoneFilesAreWhatIsKnown) {
  Backend backend;
  TempFolder folder;
  const auto file = folder.write("apis.json", "[" + named("shop", "of-file", backend) + "]");
  const Environment settings{kKey, {"PROXY_CONFIG_FILE", file}};
  NatsServer server;
  {
    Node a(server, settings);
    ASSERT_EQ(change(a, "PUT", "/v3/apis/shop", named("shop", "changed", backend)).status, 200);
    ASSERT_EQ(cut_off(a, "gone").status, 201);
    Node b(server, settings);
    EXPECT_EQ(name_of(b, "shop"), "changed") << "while a node lives, its changes hold";
  }
  server.kill();
  server.start();
  Node c(server, settings);
  EXPECT_EQ(name_of(c, "shop"), "of-file");
  EXPECT_EQ(status_of_connecting(c, "gone"), 200);
}

TEST(ClusterState, NodesWithOneFileDoNotContradictAndWithSeveralAddUp) {
  Backend backend;
  TempFolder folder;
  const auto first = named("shop", "shop", backend);
  const auto one = folder.write("one.json", "[" + first + "]");
  const auto two = folder.write("two.json", "[" + first + "," + named("more", "x", backend) + "]");
  NatsServer server;
  Node a(server, {{"PROXY_CONFIG_FILE", one}});
  EXPECT_TRUE(eventually([&] { return of_map(a, "writes_total", "apis") == 1; }));
  Node b(server, {{"PROXY_CONFIG_FILE", one}});
  Node c(server, {{"PROXY_CONFIG_FILE", two}});
  EXPECT_TRUE(eventually([&] { return status_of(a, "/more") == 200; }));
  EXPECT_TRUE(eventually([&] { return status_of(b, "/more") == 200; }));
  EXPECT_EQ(of_map(b, "writes_total", "apis"), 0) << "nothing that others have not";
  EXPECT_EQ(of_map(c, "writes_total", "apis"), 1);
}

TEST(ClusterState, AFileThatChangesIsToldToAll) {
  Backend backend;
  TempFolder folder;
  const auto file = folder.write("apis.json", "[" + named("shop", "first", backend) + "]");
  NatsServer server;
  Node a(server, {{"PROXY_CONFIG_FILE", file}, {"RIG_PROXY_CONFIG_RELOAD", "10ms"}});
  Node b(server);
  EXPECT_EQ(status_of(b, "/shop"), 200);
  (void)folder.write("apis.json", "[" + named("films", "second", backend) + "]");
  EXPECT_TRUE(eventually([&] { return status_of(b, "/films") == 200; }));
  EXPECT_TRUE(eventually([&] { return status_of(b, "/shop") == 404; }));
}

TEST(ClusterState, WhatIsOverIsOverOnAllNodes) {
  NatsServer server;
  Node a(server, {kKey});
  Node b(server, {kKey});
  change(a, "POST", "/v3/session-blacklist", R"({"sessionId":"short","validityInSeconds":1})");
  EXPECT_EQ(cut_off(a, "long").status, 201);
  EXPECT_TRUE(eventually([&] { return status_of_connecting(b, "long") == kCutOff; }));
  EXPECT_TRUE(eventually([&] { return status_of_connecting(b, "short") == 200; }));
  EXPECT_EQ(status_of_connecting(b, "long"), kCutOff);
}

TEST(ClusterState, AnyNameIsAKey) {
  Backend backend;
  NatsServer server;
  Node a(server, {kKey});
  Node b(server);
  const std::string id = "a.b >*\xC3\xA9/" + std::string(5'000, 'x');
  auto api = named("shop", "strange", backend);
  api.replace(api.find("shop"), 4, id);
  EXPECT_EQ(change(a, "POST", "/v3/apis", api).status, 201);
  EXPECT_EQ(cut_off(a, "*.>").status, 201);
  EXPECT_TRUE(eventually([&] { return status_of(b, "/shop") == 200; }));
  EXPECT_TRUE(eventually([&] { return of_map(b, "revision", "blacklist") == 1; }));
  EXPECT_EQ(fetch(b.api(), {.target = "/v3/session-blacklist/%2A.%3E"}).status, 200);
}

TEST(ClusterState, WithoutJetStreamANodeIsNotReadyAndSaysWhy) {
  NatsServer server("accounts { plain: { users: [{user: a, password: x}] } }");
  Gateway node({{"CLUSTER_URL", "nats://a:x@" + server.address()},
                {"CLUSTER_SECRET", std::string(kClusterSecret)}});
  EXPECT_TRUE(eventually([&] { return node.metric("rig_nats_connected") == 4; }));
  EXPECT_TRUE(eventually(
      [&] { return node.process().standard_output().find("JetStream") != std::string::npos; }));
  EXPECT_TRUE(is_in_state(node, "joining"));
  EXPECT_EQ(fetch(node.api(), {.target = "/health/ready"}).status, 503);
}

TEST(ClusterState, WhatIsNoEntryIsCountedAndPassedOver) {
  Backend backend;
  NatsServer server;
  Node a(server);
  NatsClient stranger(server.port());
  stranger.publish("$KV.rig-1-apis.shop", "secret");
  stranger.publish("$KV.rig-1-blacklist.x", R"({"session":"secret"})");
  EXPECT_TRUE(eventually([&] { return of_map(a, "invalid_total", "apis") == 1; }));
  EXPECT_TRUE(eventually([&] { return of_map(a, "invalid_total", "blacklist") == 1; }));
  EXPECT_EQ(change(a, "POST", "/v3/apis", named("shop", "real", backend)).status, 201);
  Node b(server);
  EXPECT_EQ(status_of(b, "/shop"), 200);
  EXPECT_THAT(a.process().standard_output(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace testkit
