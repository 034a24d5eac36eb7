// Sessions: who is connected, who is cut off, and what happens when a token ends (events.md 12).
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/tokens.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::SizeIs;

const std::pair<const std::string, std::string> kKey{"JWT_SECRET_KEY", std::string(kTokenSecret)};

HttpReply cut_off(const Gateway& gateway, std::string_view session) {
  HttpRequest request{.method = "POST", .target = "/v3/session-blacklist"};
  request.headers.emplace_back("content-type", "application/json");
  request.body = R"({"sessionId":")" + std::string(session) + R"(","validityInSeconds":3600})";
  return fetch(gateway.api(), request);
}

std::string sessions(const Gateway& gateway, const std::string& more = {}) {
  return fetch(gateway.api(), {.target = "/v3/sessions" + more}).body;
}

HttpRequest sse_of(const std::string& token, std::string_view types = "[]") {
  auto request = sse_request(types);
  request.target += "&jwt=" + token;
  return request;
}

HttpRequest ws_of(const std::string& token) {
  auto request = ws_request("[]");
  request.target += "&jwt=" + token;
  return request;
}

TEST(Sessions, AreListedWithTheirConnections) {
  Gateway gateway({kKey});
  const auto alice = session_token("s1", R"("sub":"alice")");
  SseClient sse(gateway.inbound(), sse_of(alice, subscriptions_to({"a"})));
  sse.read_greeting();
  WsClient ws(gateway.inbound(), ws_of(alice));
  ws.read_greeting();
  LongPollClient polling(gateway.inbound());
  polling.create({.target = std::string(kLongPollPath) + "?jwt=" + session_token("s2")});
  SseClient nobody(gateway.inbound(), {"a"});

  const auto all = sessions(gateway);
  EXPECT_THAT(json_items(all, "/connections"), SizeIs(3)) << all;
  const auto one = sessions(gateway, "/s1");
  ASSERT_THAT(json_items(one, "/connections"), SizeIs(2)) << one;
  EXPECT_EQ(json_at(one, "/connections/0/transport"), "sse");
  EXPECT_EQ(json_at(one, "/connections/0/user"), "alice");
  EXPECT_EQ(json_at(one, "/connections/0/subscriptions"), R"([{"eventType":"a","oneOf":[]}])");
  EXPECT_EQ(json_at(one, "/connections/1/transport"), "ws");
  EXPECT_EQ(json_at(sessions(gateway, "/s2"), "/connections/0/transport"), "longpolling");
  EXPECT_THAT(json_items(sessions(gateway, "?user=alice"), "/connections"), SizeIs(2));
  sse.socket().reset();
  EXPECT_TRUE(
      eventually([&] { return json_items(sessions(gateway, "/s1"), "/connections").size() == 1; }));
}

TEST(Sessions, ACutOffIsToldOnEachTransport) {
  Gateway gateway({kKey, {"RIG_LONGPOLLING_WAIT", "1h"}});
  const auto token = session_token("gone");
  SseClient sse(gateway.inbound(), sse_of(token));
  sse.read_greeting();
  WsClient ws(gateway.inbound(), ws_of(token));
  ws.read_greeting();
  LongPollClient polling(gateway.inbound());
  polling.create({.target = std::string(kLongPollPath) + "?jwt=" + token});
  polling.read_greeting();
  polling.send_poll();
  SseClient other(gateway.inbound(), sse_of(session_token("stays"), subscriptions_to({"a"})));
  other.read_greeting();

  EXPECT_EQ(cut_off(gateway, "gone").status, 201);
  const auto told = sse.next_event();
  EXPECT_EQ(told.type, "rig.session_killed");
  EXPECT_EQ(json_at(told.data, "/data"), std::nullopt);
  sse.expect_orderly_end();
  ws.expect_close(1000, "Session killed.");
  EXPECT_THAT(polling.read_poll().types(), ::testing::ElementsAre("rig.session_killed"));
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(json_at(other.next_event().data, "/id"), "1");
  EXPECT_EQ(gateway.metric("rig_dropped_connections_total", {{"reason", "session_killed"}}), 3);
}

TEST(Sessions, WhoIsCutOffDoesNotComeInUntilItIsLifted) {
  Gateway gateway({kKey, {"SUBMISSION_CHECK", "jwt_validation"}});
  const auto token = session_token("gone");
  cut_off(gateway, "gone");
  for (const auto& request :
       {sse_of(token), ws_of(token),
        HttpRequest{.target = std::string(kLongPollPath) + "?jwt=" + token}}) {
    const auto reply = fetch(gateway.inbound(), request);
    EXPECT_EQ(reply.status, 401) << request.target;
    EXPECT_EQ(json_at(reply.body, "/reason"), "session_blacklisted");
  }
  SseClient nobody(gateway.inbound(), {"a"});
  auto put = put_subscriptions(nobody.token(), subscriptions_to({"b"}));
  put.headers.emplace_back("authorization", "Bearer " + token);
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 401);
  auto event = publish_request(event_json("a", "1"));
  event.target = "/_rig/v1/events";
  event.headers.emplace_back("authorization", "Bearer " + token);
  EXPECT_EQ(fetch(gateway.inbound(), event).status, 401);

  EXPECT_EQ(
      fetch(gateway.api(), {.method = "DELETE", .target = "/v3/session-blacklist/gone"}).status,
      204);
  SseClient again(gateway.inbound(), sse_of(token));
  again.read_greeting();
}

// Quirk Q10.
TEST(Sessions, Q10_TheConfiguredFieldNamesThem) {
  Gateway gateway({kKey, {"JWT_SESSION_FIELD", "/session/id"}});
  const auto token = session_token("jti", R"("session":{"id":"real"})");
  cut_off(gateway, "jti");
  SseClient client(gateway.inbound(), sse_of(token));
  client.read_greeting();
  cut_off(gateway, "real");
  EXPECT_EQ(client.next_event().type, "rig.session_killed");
  EXPECT_EQ(fetch(gateway.inbound(), sse_of(token)).status, 401);
}

// Quirks Q1 and O22: in the first RIG a session that polled escaped.
TEST(Sessions, APutBringsAConnectionIntoThem) {
  Gateway gateway({kKey});
  for (const auto transport : kTransports) {
    auto client = EventClient::open(transport, gateway.inbound(), {});
    client->read_greeting();
    const std::string session = "s-" + std::string(name_of(transport));
    auto put = put_subscriptions(client->token(), "[]", name_of(transport));
    put.headers.emplace_back("authorization", "Bearer " + session_token(session));
    EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
    EXPECT_EQ(client->next().type, "rig.subscriptions_set");
    EXPECT_THAT(json_items(sessions(gateway, "/" + session), "/connections"), SizeIs(1));
    cut_off(gateway, session);
    EXPECT_TRUE(eventually(
        [&] { return fetch(gateway.api(), {.target = "/v3/sessions/" + session}).status == 404; }));
  }
}

// The client has said who it is before it made a mistake.
TEST(Sessions, APutThatIsRefusedBringsAConnectionIntoThemToo) {
  Gateway gateway({kKey});
  for (const auto transport : kTransports) {
    auto client = EventClient::open(transport, gateway.inbound(), {});
    client->read_greeting();
    const std::string session = "s-" + std::string(name_of(transport));
    auto put = put_subscriptions(client->token(), R"([{"eventType":""}])", name_of(transport));
    put.headers.emplace_back("authorization", "Bearer " + session_token(session));
    EXPECT_EQ(fetch(gateway.inbound(), put).status, 400);
    EXPECT_THAT(json_items(sessions(gateway, "/" + session), "/connections"), SizeIs(1));
    cut_off(gateway, session);
    EXPECT_EQ(fetch(gateway.inbound(), put).status, 401);
    EXPECT_EQ(fetch(gateway.api(), {.target = "/v3/sessions/" + session}).status, 404);
  }
}

/// Opens streams of a session until it is refused; returns how it ended.
struct Invaders {
  explicit Invaders(std::uint16_t port, std::string token) : port_(port), token_(std::move(token)) {
    for (int i = 0; i < 4; ++i) threads_.emplace_back([this] { run(); });
  }
  ~Invaders() {
    is_over = true;
    for (auto& thread : threads_) thread.join();
  }
  void run() {
    while (!is_over) {
      const bool is_late = is_cut_off;
      RawSocket socket(port_);
      if (!socket.try_send(to_bytes(sse_of(token_)))) continue;
      const auto status = read_reply_head(socket).status;
      if (status == 200 && is_late) ++slipped_through;
      ++(status == 200 ? opened : refused);
      if (status == 200) sockets_of_thread().push_back(std::move(socket));
    }
    sockets_of_thread().clear();
  }
  static std::vector<RawSocket>& sockets_of_thread() {
    thread_local std::vector<RawSocket> sockets;
    return sockets;
  }

  std::atomic<bool> is_over = false;
  std::atomic<bool> is_cut_off = false;
  std::atomic<int> opened = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> slipped_through = 0;

 private:
  std::uint16_t port_;
  std::string token_;
  std::vector<std::thread> threads_;
};

TEST(Sessions, NoneSlipsThroughWhileItIsCutOff) {
  Gateway gateway({kKey, {"RIG_SHARDS", "4"}});
  Invaders invaders(gateway.inbound(), session_token("gone"));
  ASSERT_TRUE(eventually([&] { return invaders.opened >= 100; }));
  EXPECT_EQ(cut_off(gateway, "gone").status, 201);
  invaders.is_cut_off = true;
  EXPECT_EQ(fetch(gateway.api(), {.target = "/v3/sessions/gone"}).status, 404);
  const int refused = invaders.refused;
  ASSERT_TRUE(eventually([&] { return invaders.refused >= refused + 100; }));
  EXPECT_EQ(invaders.slipped_through, 0);
  EXPECT_EQ(fetch(gateway.api(), {.target = "/v3/sessions/gone"}).status, 404);
}

class Expiry : public ::testing::TestWithParam<Transport> {};

TEST_P(Expiry, EndsTheConnectionWithAWord) {
  Gateway gateway({kKey, {"RIG_TOKEN_EXPIRY_WARNING", "1h"}, {"RIG_LONGPOLLING_WAIT", "1h"}});
  auto client = EventClient::open(
      GetParam(), gateway.inbound(),
      {.subscriptions = "[]", .token = session_token("s", {}, std::chrono::seconds(3))});
  std::vector<std::string> types;
  try {
    while (types.empty() || types.back() != "rig.token_expired")
      types.push_back(client->next().type);
  } catch (const Failure& end) {
    EXPECT_EQ(GetParam(), Transport::kWs) << end.what();
  }
  EXPECT_THAT(types, ::testing::Contains("rig.token_expiring"));
  EXPECT_TRUE(eventually([&] {
    return gateway.metric("rig_dropped_connections_total", {{"reason", "token_expired"}}) == 1;
  }));
}

INSTANTIATE_TEST_SUITE_P(Sessions, Expiry, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST(Sessions, AWebSocketIsClosedWithTheReason) {
  Gateway gateway({kKey, {"RIG_TOKEN_EXPIRY_WARNING", "0"}});
  WsClient client(gateway.inbound(), ws_of(session_token("s", {}, std::chrono::seconds(2))));
  client.read_greeting();
  client.expect_close(1008, "Token expired.");
}

TEST(Sessions, AFreshTokenKeepsTheConnection) {
  Gateway gateway({kKey, {"RIG_TOKEN_EXPIRY_WARNING", "0"}});
  const auto brief = session_token("s", {}, std::chrono::seconds(3));
  SseClient stays(gateway.inbound(), sse_of(brief, subscriptions_to({"a"})));
  stays.read_greeting();
  WsClient stays_too(gateway.inbound(), ws_of(brief));
  stays_too.read_greeting();
  WsClient leaves(gateway.inbound(), ws_of(brief));
  leaves.read_greeting();
  auto put = put_subscriptions(stays.token(), subscriptions_to({"b"}));
  put.headers.emplace_back("authorization", "Bearer " + session_token("s"));
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  stays_too.send_text(R"({"subscriptions":[{"eventType":"b"}],"jwt":")" + session_token("s") +
                      "\"}");
  while (leaves.next_frame().opcode != WsOpcode::kClose) {
  }
  Publisher(gateway.api()).event("b", "1");
  for (auto type = stays.next_event().type; type != "b"; type = stays.next_event().type)
    EXPECT_NE(type, "rig.token_expired");
  for (auto type = stays_too.next_event().type; type != "b"; type = stays_too.next_event().type) {
  }
}

// What it gets until it has caught up is still by its earlier token.
TEST(Sessions, AFreshTokenCountsWhenThePollsHaveCaughtUp) {
  Gateway gateway({kKey, {"RIG_LONGPOLLING_EVENTS_MAX", "4"}, {"RIG_TOKEN_EXPIRY_WARNING", "0"}});
  const auto brief = session_token("s", {}, std::chrono::seconds(3));
  const auto open = [&] {
    auto client = EventClient::open(Transport::kLongPolling, gateway.inbound(),
                                    {.subscriptions = subscriptions_to({"a"}), .token = brief});
    client->read_greeting();
    return client;
  };
  auto lags = open();
  auto catches_up = open();
  Publisher publisher(gateway.api());
  for (int i = 0; i < 10; ++i) publisher.event("a", std::to_string(i));
  for (const auto& client : {lags->token(), catches_up->token()}) {
    auto put = put_subscriptions(client, subscriptions_to({"b"}), "longpolling");
    put.headers.emplace_back("authorization", "Bearer " + session_token("s"));
    EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  }
  while (catches_up->next().type != "rig.subscriptions_set") {
  }
  EXPECT_TRUE(eventually([&] {
    return gateway.metric("rig_dropped_connections_total", {{"reason", "token_expired"}}) == 1;
  }));
  publisher.event("b", "10");
  while (catches_up->next().type != "b") {
  }
}

TEST(Sessions, AConnectionOutlivesItsTokenIfTheSettingsSaySo) {
  Gateway gateway({kKey, {"RIG_TOKEN_EXPIRY_CLOSES", "false"}});
  const auto brief = session_token("s", {}, std::chrono::seconds(2));
  SseClient client(gateway.inbound(), sse_of(brief, subscriptions_to({"a"})));
  client.read_greeting();
  ASSERT_TRUE(eventually([&] {
    return fetch(gateway.inbound(), sse_of("x")).status == 401 &&
           fetch(gateway.inbound(), ws_of(brief)).status == 401;
  }));
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(client.next_event().type, "a");
}

}  // namespace
}  // namespace testkit
