// Several gateways that are one: events, cut-off sessions and API definitions on every node.
#include "cluster_node.hpp"
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string id_of(const std::string& event) { return json_at(event, "/id").value_or("none"); }

TEST(Cluster, AnEventReachesClientsOfEveryNodeOnce) {
  NatsServer server;
  Node a(server);
  Node b(server);
  Node c(server);
  SseClient at_a(a.inbound(), {"greeting"});
  SseClient at_b(b.inbound(), {"greeting"});
  WsClient at_c(c.inbound(), {"greeting"});
  const auto event = event_json("greeting", "1", R"({ "text":  "hello" })");
  Publisher from_a(a.api());
  from_a.structured(event);
  from_a.event("greeting", "2");
  EXPECT_EQ(at_a.next_event().data, event);
  EXPECT_EQ(at_b.next_event().data, event) << "to the byte";
  EXPECT_EQ(at_c.next_event().json, event);
  // What comes next is the second event, so the first one came once.
  EXPECT_EQ(id_of(at_a.next_event().data), "2");
  EXPECT_EQ(id_of(at_b.next_event().data), "2");
  EXPECT_EQ(id_of(at_c.next_event().json), "2");
  Publisher(c.api()).event("greeting", "3");
  EXPECT_EQ(id_of(at_a.next_event().data), "3");
  EXPECT_EQ(id_of(at_b.next_event().data), "3");
  EXPECT_EQ(id_of(at_c.next_event().json), "3");
}

TEST(Cluster, EventsOfANodeKeepTheirOrder) {
  constexpr int kEvents = 1'000;
  NatsServer server;
  Node a(server);
  Node b(server, {{"RIG_OUTBOX_BYTES_MAX", "64MiB"}});
  SseClient client(b.inbound(), {"one", "two"});
  Publisher publisher(a.api());
  for (int i = 0; i < kEvents; ++i) publisher.event(i % 2 == 0 ? "one" : "two", std::to_string(i));
  for (int i = 0; i < kEvents; ++i)
    ASSERT_EQ(id_of(client.next_event().data), std::to_string(i)) << "of both types together";
}

TEST(Cluster, ANodeGetsOnlyTypesThatItsClientsWant) {
  NatsServer server;
  Node a(server);
  Node b(server);
  SseClient client(b.inbound(), {"wanted"});
  EXPECT_EQ(b.metric("rig_cluster_interest_types"), 1);
  Publisher publisher(a.api());
  for (int i = 0; i < 100; ++i) publisher.event("unwanted", std::to_string(i));
  publisher.event("wanted", "1");
  EXPECT_EQ(id_of(client.next_event().data), "1");
  const auto in = [](const Gateway& node) {
    return node.metric("rig_cluster_messages_total", {{"direction", "in"}, {"kind", "event"}});
  };
  EXPECT_EQ(in(b), 1);
  EXPECT_EQ(in(a), 0) << "no node hears itself";
}

TEST(Cluster, NoTypeIsAWildcardOrAnotherSubject) {
  NatsServer server;
  Node a(server, {{"CLUSTER_NAME", "com"}});
  Node b(server, {{"CLUSTER_NAME", "com"}});
  SseClient all(b.inbound(), {">"});
  SseClient some(b.inbound(), {"com.*", "com.1.state"});
  Publisher publisher(a.api());
  publisher.event("com.shop", "1");
  publisher.event("com.1.state", "2");
  publisher.event("com.*", "3");
  publisher.event(">", "4");
  EXPECT_EQ(id_of(all.next_event().data), "4");
  EXPECT_EQ(id_of(some.next_event().data), "2");
  EXPECT_EQ(id_of(some.next_event().data), "3");
}

TEST(Cluster, ConstraintsHoldForEventsOfOtherNodes) {
  NatsServer server;
  const std::pair<const std::string, std::string> extractors{
      "EXTRACTORS",
      R"({"order":{"shop":{"stable_field_index":1,"event":{"json_pointer":"/data/shop"}}}})"};
  Node a(server, {extractors});
  Node b(server, {extractors});
  SseClient client(b.inbound(), sse_request(R"([{"eventType":"order","oneOf":[{"shop":"x"}]}])"));
  client.read_greeting();
  Publisher publisher(a.api());
  publisher.event("order", "1", R"({"shop":"y"})");
  publisher.event("order", "2", R"({"shop":"x"})");
  EXPECT_EQ(id_of(client.next_event().data), "2");
}

TEST(Cluster, ASessionIsCutOffOnAllNodes) {
  NatsServer server;
  Node a(server, {kKey});
  Node b(server, {kKey});
  SseClient client(b.inbound(), sse_of("gone"));
  client.read_greeting();
  EXPECT_EQ(cut_off(a, "gone").status, 201);
  EXPECT_EQ(client.next_event().type, "rig.session_killed");
  client.expect_orderly_end();
  EXPECT_EQ(status_of_connecting(b, "gone"), kCutOff);
  EXPECT_EQ(status_of_connecting(b, "other"), 200);
  EXPECT_EQ(fetch(b.api(), {.method = "DELETE", .target = "/v3/session-blacklist/gone"}).status,
            204);
  EXPECT_TRUE(eventually([&] { return status_of_connecting(a, "gone") == 200; }));
}

TEST(Cluster, AnApiOfOneNodeIsServedByAll) {
  Backend backend;
  NatsServer server;
  Node a(server);
  Node b(server);
  EXPECT_EQ(with_json(a.api(), "POST", "/v3/apis", api_to(backend, "/books")).status, 201);
  EXPECT_TRUE(eventually([&] { return status_of(b, "/books") == 200; }));
  EXPECT_EQ(with_json(b.api(), "PUT", "/v3/apis/shop", api_to(backend, "/films")).status, 200);
  EXPECT_TRUE(eventually([&] { return status_of(a, "/films") == 200; }));
  EXPECT_EQ(status_of(a, "/books"), 404);
  EXPECT_EQ(fetch(a.api(), {.method = "DELETE", .target = "/v3/apis/shop"}).status, 204);
  EXPECT_TRUE(eventually([&] { return status_of(b, "/films") == 404; }));
}

TEST(Cluster, ANodeThatComesLaterKnowsAllBeforeItIsReady) {
  Backend backend;
  NatsServer server;
  Node a(server, {kKey});
  for (int i = 0; i < 2'000; ++i) cut_off(a, "session-" + std::to_string(i));
  with_json(a.api(), "POST", "/v3/apis", api_to(backend, "/books"));
  Node b(server, {kKey});
  EXPECT_EQ(status_of_connecting(b, "session-0"), kCutOff);
  EXPECT_EQ(status_of_connecting(b, "session-1999"), kCutOff);
  EXPECT_EQ(status_of(b, "/books"), 200);
}

TEST(Cluster, ANodeIsNotReadyBeforeItHasJoined) {
  NatsServer server;
  server.kill();
  Gateway node({{"CLUSTER_URL", "nats://" + server.address()},
                {"CLUSTER_SECRET", std::string(kClusterSecret)}});
  const auto reply = fetch(node.api(), {.target = "/health/ready"});
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(json_at(reply.body, "/parts/cluster"), "joining");
  SseClient client(node.inbound(), {"t"});
  Publisher(node.api()).event("t", "1");
  EXPECT_EQ(id_of(client.next_event().data), "1") << "it serves, alone";
  server.start();
  expect_state(node, "connected");
  EXPECT_EQ(fetch(node.api(), {.target = "/health/ready"}).status, 200);
}

TEST(Cluster, NodesWithoutNatsServeAndCatchUpWhenItReturns) {
  NatsServer server;
  Node a(server);
  Node b(server);
  SseClient client(b.inbound(), {"t"});
  server.kill();
  expect_state(a, "disconnected");
  expect_state(b, "disconnected");
  EXPECT_EQ(fetch(b.api(), {.target = "/health/ready"}).status, 200);
  // Its other connections may have noticed before.
  EXPECT_TRUE(
      eventually([&] { return b.metric("rig_nats_connected", {{"purpose", "cluster"}}) == 0; }));
  Publisher at_b(b.api());
  at_b.event("t", "local");
  EXPECT_EQ(id_of(client.next_event().data), "local");
  SseClient new_type(b.inbound(), {"new"});
  Publisher at_a(a.api());
  at_a.event("t", "late");
  server.start();
  expect_state(a, "connected");
  expect_state(b, "connected");
  // What the servers recorded is gone with them; what the nodes could not send is not.
  EXPECT_EQ(client.next_event().type, "rig.gap");
  EXPECT_EQ(new_type.next_event().type, "rig.gap");
  EXPECT_EQ(id_of(client.next_event().data), "late");
  at_a.event("t", "again");
  at_a.event("new", "too");
  EXPECT_EQ(id_of(client.next_event().data), "again");
  EXPECT_EQ(id_of(new_type.next_event().data), "too");
}

TEST(Cluster, ClustersOfOtherNamesAreApart) {
  NatsServer server;
  Node a(server, {kKey});
  Node b(server, {kKey});
  Node other(server, {kKey, {"CLUSTER_NAME", "other"}});
  cut_off(a, "gone");
  EXPECT_TRUE(eventually([&] { return status_of_connecting(b, "gone") == kCutOff; }));
  EXPECT_EQ(status_of_connecting(other, "gone"), 200);
}

TEST(Cluster, WhatIsNoMessageOfANodeIsCountedAndPassedOver) {
  NatsServer server;
  Node a(server);
  SseClient client(a.inbound(), {"t"});
  NatsClient stranger(server.port());
  stranger.publish("rig.1.event.t", event_json("t", "secret"));
  stranger.publish("rig.1.event.t", "1-1\n" + event_json("t", "1"));
  EXPECT_EQ(id_of(client.next_event().data), "1");
  EXPECT_TRUE(eventually(
      [&] { return a.metric("rig_cluster_lost_messages_total", {{"reason", "invalid"}}) == 1; }));
  EXPECT_THAT(a.process().standard_output(), Not(HasSubstr("secret")));
}

TEST(Cluster, AGatewayAloneHasNothingOfIt) {
  Gateway gateway;
  EXPECT_EQ(json_at(readiness(gateway), "/parts/cluster"), std::nullopt);
  EXPECT_THAT(fetch(gateway.api(), {.target = "/metrics"}).body, Not(HasSubstr("rig_cluster_")));
}

TEST(Cluster, CredentialsAreUsedAndNeverLogged) {
  NatsServer server("authorization { user: rig, password: very-secret }");
  Node a(server, {{"CLUSTER_URL", "nats://rig:very-secret@" + server.address()}});
  Node b(server, {{"CLUSTER_URL", "nats://rig:very-secret@" + server.address()}});
  SseClient client(b.inbound(), {"t"});
  Publisher(a.api()).event("t", "1");
  EXPECT_EQ(id_of(client.next_event().data), "1");
  EXPECT_THAT(a.process().standard_output(), Not(HasSubstr("very-secret")));
}

}  // namespace
}  // namespace testkit
