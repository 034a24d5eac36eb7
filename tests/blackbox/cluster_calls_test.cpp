// Clients whose requests come to another node than the one that has their connection: behind a
// load balancer that knows nothing of nodes, none of them notices.
#include "testkit/backend.hpp"
#include "testkit/cluster.hpp"
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kGone = 410;
const std::pair<const std::string, std::string> kKey{"JWT_SECRET_KEY", std::string(kTokenSecret)};
// Longer than any test waits: an answer must have another reason.
const std::pair<const std::string, std::string> kPatient{"RIG_LONGPOLLING_WAIT", "1h"};

/// A node of the cluster on that server; it has joined when it is constructed.
class Node : public Gateway {
 public:
  explicit Node(const NatsServer& server, Environment more = {})
      : Gateway(settings_for(server, std::move(more))) {
    await_cluster_state(*this, "connected");
  }

 private:
  static Environment settings_for(const NatsServer& server, Environment more) {
    more.emplace("CLUSTER_URL", "nats://" + server.address());
    more.emplace("CLUSTER_SECRET", kClusterSecret);
    return more;
  }
};

double calls(const Gateway& node, const std::string& result) {
  return node.metric("rig_cluster_calls_total", {{"result", result}});
}

std::string id_of(const std::string& event) { return json_at(event, "/id").value_or("none"); }

class ClusterCallsAbout : public ::testing::TestWithParam<Transport> {};

// Item 7 of events.md holds on every node.
TEST_P(ClusterCallsAbout, SubscriptionsAreSetAndReadOnAnyNode) {
  NatsServer server;
  Node a(server);
  Node b(server);
  const auto transport = name_of(GetParam());
  auto client = EventClient::open(GetParam(), a.inbound(), {});
  client->read_greeting();
  const auto put =
      fetch(b.inbound(), put_subscriptions(client->token(), subscriptions_to({"t"}), transport));
  EXPECT_EQ(put.status, 204) << put.body;
  EXPECT_EQ(client->next().type, "rig.subscriptions_set");
  const auto list = fetch(b.inbound(), get_subscriptions(client->token(), transport));
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, HasSubstr(R"("eventType":"t")"));
  EXPECT_EQ(list.body, fetch(a.inbound(), get_subscriptions(client->token(), transport)).body);
  Publisher(b.api()).event("t", "1");
  EXPECT_EQ(id_of(client->next_event().json), "1");
  EXPECT_EQ(calls(b, "answered"), 2);
  EXPECT_EQ(a.metric("rig_cluster_calls_taken_total"), 2);
}
INSTANTIATE_TEST_SUITE_P(Transports, ClusterCallsAbout, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST(ClusterCalls, WhatIsWrongWithARequestIsSaidAsByTheNodeOfTheConnection) {
  NatsServer server;
  Node a(server);
  Node b(server);
  SseClient client(a.inbound(), {"t"});
  for (const auto* body : {"no json", "[]", R"({"subscriptions":[{"eventType":1}]})"}) {
    auto request = put_subscriptions(client.token(), "[]");
    request.body = body;
    const auto here = fetch(a.inbound(), request);
    const auto there = fetch(b.inbound(), request);
    EXPECT_EQ(there.status, here.status) << body;
    EXPECT_EQ(there.body, here.body);
    EXPECT_EQ(there.header("content-type"), here.header("content-type"));
  }
}

// The node of the connection checks, once: what is missing here is neither let through nor refused
// twice.
TEST(ClusterCalls, TokensAreCheckedByTheNodeOfTheConnection) {
  NatsServer server;
  const Environment checked{kKey, {"SUBSCRIPTION_CHECK", "jwt_validation"}};
  Node a(server, checked);
  Node b(server, checked);
  auto opening = sse_request("[]");
  opening.target += "&jwt=" + session_token("s");
  SseClient client(a.inbound(), opening);
  client.read_greeting();
  auto put = put_subscriptions(client.token(), subscriptions_to({"t"}));
  const auto denied = fetch(b.inbound(), put);
  EXPECT_EQ(denied.status, 401) << denied.body;
  put.headers.emplace_back("authorization", "Bearer " + session_token("s"));
  EXPECT_EQ(fetch(b.inbound(), put).status, 204);
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
}

TEST(ClusterCalls, APollingClientMayComeToAnotherNodeEachTime) {
  NatsServer server;
  Node a(server, {kPatient});
  Node b(server, {kPatient});
  LongPollClient at_a(a.inbound(), {"t"});
  LongPollClient at_b(b.inbound());
  at_b.cookies() = at_a.cookies();
  Publisher publisher(b.api());
  int next = 0;
  for (int round = 0; round < 20; ++round) {
    publisher.event("t", std::to_string(2 * round));
    publisher.event("t", std::to_string(2 * round + 1));
    auto& client = round % 2 == 0 ? at_b : at_a;
    auto& other = round % 2 == 0 ? at_a : at_b;
    for (const auto& event : client.poll().events) EXPECT_EQ(id_of(event), std::to_string(next++));
    other.cookies() = client.cookies();
  }
  while (next < 40) {
    for (const auto& event : at_b.poll().events) EXPECT_EQ(id_of(event), std::to_string(next++));
  }
  EXPECT_EQ(b.metric("rig_connections", {{"transport", "longpolling"}}), 0) << "it made no session";
}

TEST(ClusterCalls, APollWaitsAtAnotherNodeUntilSomethingComes) {
  NatsServer server;
  Node a(server, {kPatient});
  Node b(server, {kPatient});
  LongPollClient at_a(a.inbound(), {"t"});
  LongPollClient at_b(b.inbound());
  at_b.cookies() = at_a.cookies();
  at_b.send_poll();
  // It goes on waiting after the node of the session has said that nothing has come.
  ASSERT_TRUE(eventually([&] { return calls(b, "answered") >= 1; }));
  Publisher(a.api()).event("t", "1");
  const auto poll = at_b.read_poll();
  ASSERT_EQ(poll.events.size(), 1U);
  EXPECT_EQ(id_of(poll.events[0]), "1");
}

TEST(ClusterCalls, APageOfManyMegabytesComesWhole) {
  NatsServer server;
  const Environment large{kPatient, {"RIG_OUTBOX_BYTES_MAX", "16MiB"}};
  Node a(server, large);
  Node b(server, large);
  LongPollClient at_a(a.inbound(), {"t"});
  LongPollClient at_b(b.inbound());
  at_b.cookies() = at_a.cookies();
  const std::string data = '"' + std::string(500'000, 'x') + '"';
  Publisher publisher(a.api());
  for (int i = 0; i < 8; ++i) publisher.event("t", std::to_string(i), data);
  publisher.event("t", "8");
  for (int i = 0; i <= 8; ++i) EXPECT_EQ(id_of(at_b.next_event()), std::to_string(i));
}

TEST(ClusterCalls, AnAnswerMayBePostedToAnyNode) {
  Backend backend{[](const BackendRequest&) { return answer_bytes(202, "later", {}); }};
  NatsServer server;
  Node a(server, {{"PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT", "60s"}});
  Node b(server);
  const auto api = R"({"id":"shop","name":"Shop","proxy":{"target_url":"localhost","port":)" +
                   std::to_string(backend.port()) +
                   R"(},"version_data":{"default":{"endpoints":[{"id":"e","method":"POST",)"
                   R"("path":"/slow","response_from":"http_async"}]}}})";
  ASSERT_EQ(fetch(a.api(), {.method = "POST",
                            .target = "/v3/apis",
                            .headers = {{"content-type", "application/json"}},
                            .body = api})
                .status,
            201);
  RawSocket client(a.inbound());
  client.send(to_bytes({.method = "POST", .target = "/slow", .body = "x"}));
  ASSERT_TRUE(eventually([&] { return !backend.requests().empty(); }));
  const auto target = backend.last().target;
  const auto correlation = target.substr(target.find("correlation=") + 12);
  const auto post = [&](const Gateway& node, const std::string& token) {
    return fetch(node.api(), {.method = "POST",
                              .target = "/v3/responses",
                              .headers = {{"rig-correlation", token},
                                          {"rig-response-code", "201"},
                                          {"content-type", "text/x-answer"}},
                              .body = std::string("a\0b", 3)});
  };
  auto forged = correlation;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(post(b, forged).status, kGone);
  EXPECT_EQ(calls(b, "answered"), 0) << "nobody is asked about it";
  EXPECT_EQ(post(b, correlation).status, 202);
  const auto reply = read_reply(client, "POST");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, std::string("a\0b", 3));
  EXPECT_EQ(reply.header("content-type"), "text/x-answer");
  EXPECT_EQ(post(b, correlation).status, kGone) << "the first one counts";
}

TEST(ClusterCalls, SessionsAreListedOfAllNodes) {
  NatsServer server;
  Node a(server, {kKey, {"NODE_HOST", "node-a"}});
  Node b(server, {kKey, {"NODE_HOST", "node-b"}});
  const auto connect = [](const Gateway& node, const std::string& session) {
    auto request = sse_request("[]");
    request.target += "&jwt=" + session_token(session);
    SseClient client(node.inbound(), request);
    client.read_greeting();
    return client;
  };
  const auto one = connect(a, "s1");
  const auto two = connect(b, "s2");
  const auto three = connect(a, "s3");
  const auto again = connect(b, "s1");
  const auto ask = [](const Gateway& node, const std::string& target) {
    return fetch(node.api(), {.target = target});
  };
  const auto names = [](const std::string& page) {
    std::string names;
    for (int i = 0;; ++i) {
      const auto session = json_at(page, "/connections/" + std::to_string(i) + "/session");
      if (!session) return names;
      names += *session + " ";
    }
  };
  // Nodes know of each other within moments of their start.
  EXPECT_TRUE(eventually([&] { return names(ask(a, "/v3/sessions").body) == "s1 s1 s2 s3 "; }));
  EXPECT_TRUE(eventually([&] { return names(ask(b, "/v3/sessions").body) == "s1 s1 s2 s3 "; }));
  const auto first = ask(b, "/v3/sessions?limit=2").body;
  EXPECT_EQ(names(first), "s1 s1 ");
  EXPECT_EQ(json_at(first, "/next"), "s1");
  EXPECT_EQ(names(ask(b, "/v3/sessions?limit=2&after=s1").body), "s2 s3 ");
  const auto theirs = ask(b, "/v3/sessions/s3");
  EXPECT_EQ(theirs.status, 200);
  EXPECT_EQ(json_at(theirs.body, "/connections/0/transport"), "sse");
  EXPECT_NE(json_at(theirs.body, "/connections/0/node"),
            json_at(ask(b, "/v3/sessions/s2").body, "/connections/0/node"));
  EXPECT_EQ(ask(b, "/v3/sessions/s4").status, 404);
  EXPECT_EQ(json_at(first, "/incomplete"), std::nullopt);
  server.kill();
  await_cluster_state(b, "disconnected");
  EXPECT_TRUE(json_at(ask(b, "/v3/sessions").body, "/incomplete/0"));
  EXPECT_EQ(names(ask(b, "/v3/sessions").body), "s1 s2 ");
  EXPECT_EQ(ask(b, "/v3/sessions/s3").status, 503);
}

TEST(ClusterCalls, ANodeThatHasDiedIsNotWaitedFor) {
  NatsServer server;
  Node a(server, {kPatient});
  Node b(server, {kPatient});
  SseClient client(a.inbound(), {"t"});
  LongPollClient at_a(a.inbound(), {"t"});
  LongPollClient at_b(b.inbound());
  at_b.cookies() = at_a.cookies();
  at_b.send_poll();
  ASSERT_TRUE(eventually([&] { return a.metric("rig_cluster_calls_taken_total") >= 1; }));
  a.kill_now();
  EXPECT_TRUE(eventually(
      [&] { return fetch(b.inbound(), get_subscriptions(client.token())).status == kGone; }));
  EXPECT_EQ(fetch(b.inbound(), put_subscriptions(client.token(), "[]")).status, kGone);
  EXPECT_GE(calls(b, "no_such_node"), 2);
  // The poll that waits is told that its session is over, and the client has another one.
  EXPECT_EQ(read_reply(at_b.socket()).body, R"("ok")");
  EXPECT_EQ(b.metric("rig_connections", {{"transport", "longpolling"}}), 1);
}

TEST(ClusterCalls, WithoutNatsTheOtherNodeCannotBeReached) {
  NatsServer server;
  Node a(server);
  Node b(server);
  SseClient client(a.inbound(), {"t"});
  LongPollClient at_a(a.inbound(), {"t"});
  LongPollClient at_b(b.inbound());
  at_b.cookies() = at_a.cookies();
  server.kill();
  await_cluster_state(b, "disconnected");
  const auto reply = fetch(b.inbound(), put_subscriptions(client.token(), "[]"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(json_at(reply.body, "/message")) << reply.body;
  EXPECT_EQ(at_b.request({.target = std::string(kLongPollPath)}).status, 503);
  EXPECT_EQ(fetch(a.inbound(), put_subscriptions(client.token(), "[]")).status, 204);
  server.start();
  await_cluster_state(a, "connected");
  await_cluster_state(b, "connected");
  EXPECT_EQ(fetch(b.inbound(), put_subscriptions(client.token(), subscriptions_to({"u"}))).status,
            204);
  Publisher(b.api()).event("t", "1");
  // What the servers had recorded is gone with them.
  EXPECT_EQ(json_at(at_b.next_event(), "/type"), "rig.gap") << "the session is still there";
  EXPECT_EQ(id_of(at_b.next_event()), "1");
}

TEST(ClusterCalls, NobodyIsAskedAboutAForgedToken) {
  NatsServer server;
  Node a(server);
  Node b(server);
  SseClient client(a.inbound(), {"t"});
  for (const std::size_t at : {0U, 10U, 30U, 39U, 40U, 63U}) {
    auto forged = client.token();
    ASSERT_GT(forged.size(), at);
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(fetch(b.inbound(), get_subscriptions(forged)).status, kGone) << at;
    EXPECT_EQ(fetch(a.inbound(), get_subscriptions(forged)).status, kGone) << at;
  }
  EXPECT_EQ(a.metric("rig_cluster_calls_taken_total"), 0);
}

TEST(ClusterCalls, NodesWithAnotherSecretAreStrangers) {
  NatsServer server;
  Node a(server);
  Node b(server, {{"CLUSTER_SECRET", ""}, {"NODE_COOKIE", "another secret, by its old name"}});
  SseClient client(a.inbound(), {"t"});
  EXPECT_EQ(fetch(b.inbound(), get_subscriptions(client.token())).status, kGone);
  EXPECT_EQ(a.metric("rig_cluster_calls_taken_total"), 0);
  EXPECT_THAT(b.process().standard_output(), Not(HasSubstr("another secret")));
}

TEST(ClusterCalls, WhatIsNoCallOfANodeIsPassedOver) {
  NatsServer server;
  Node a(server);
  Node b(server);
  SseClient client(a.inbound(), {"t"});
  NatsClient stranger(server.port());
  stranger.subscribe("rig.1.call.*.*");
  stranger.flush();
  EXPECT_EQ(fetch(b.inbound(), get_subscriptions(client.token())).status, 200);
  const auto call = stranger.next();
  EXPECT_THAT(call.subject, HasSubstr(".subscriptions"));
  const auto node = call.subject.substr(0, call.subject.rfind('.'));
  const auto caller = call.reply_to.substr(0, call.reply_to.rfind('.'));
  for (const auto* service : {".subscriptions", ".poll", ".answers", ".nothing"})
    stranger.publish(node + service, "garbage");
  for (const auto& reply : {call.reply_to, caller + ".x", caller + ".99999999999"})
    stranger.publish(reply, "+garbage");
  EXPECT_EQ(fetch(b.inbound(), get_subscriptions(client.token())).status, 200);
  EXPECT_EQ(a.metric("rig_cluster_calls_taken_total"), 2) << "nobody waits for the others";
}

TEST(ClusterCalls, AClusterWithoutASecretDoesNotStart) {
  ChildProcess gateway({Gateway::program_path()},
                       default_settings({{"CLUSTER_URL", "nats://127.0.0.1:1"}}));
  EXPECT_EQ(gateway.wait_exit(), 1);
  EXPECT_THAT(gateway.standard_error() + gateway.standard_output(),
              HasSubstr("CLUSTER_SECRET is needed with CLUSTER_URL"));
}

}  // namespace
}  // namespace testkit
