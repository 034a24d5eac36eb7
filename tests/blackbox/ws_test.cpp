// WebSockets: what a client of /_rig/v1/connection/ws gets, from its handshake to its close.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kInboundEvents = "/_rig/v1/events";
constexpr auto kNoTwoWay = "This WebSocket endpoint cannot be used for two-way communication.";

HttpRequest with_header(HttpRequest request, std::string name, std::string value) {
  std::erase_if(request.headers,
                [&](const auto& header) { return equals_ignoring_case(header.first, name); });
  request.headers.emplace_back(std::move(name), std::move(value));
  return request;
}

HttpRequest without_header(HttpRequest request, std::string_view name) {
  std::erase_if(request.headers,
                [&](const auto& header) { return equals_ignoring_case(header.first, name); });
  return request;
}

double connections(const Gateway& gateway) {
  return gateway.metric("rig_connections", {{"transport", "ws"}});
}

std::string id_of(const WsEvent& event) { return json_at(event.json, "/id").value_or("(absent)"); }

TEST(Ws, TheFirstTwoMessagesAreTheWelcomeAndTheConfirmation) {
  Gateway gateway(
      {{"EXTRACTORS", R"({"a":{"x":{"stable_field_index":0,"event":{"json_pointer":"/data"}}}})"}});
  WsClient client(gateway.inbound(),
                  ws_request(R"([{"event_type":"a","one_of":[{"x":1}]},{"eventType":"b"}])"));
  const auto welcome = client.next_event();
  EXPECT_EQ(welcome.type, "rig.connection.create");
  EXPECT_EQ(json_at(welcome.json, "/specversion"), "0.2");
  EXPECT_EQ(json_at(welcome.json, "/source"), "rig");
  EXPECT_THAT(json_at(welcome.json, "/data/connection_token").value_or(""),
              ::testing::MatchesRegex("[A-Za-z0-9_=-]{16,}"));
  const auto confirmation = client.next_event();
  EXPECT_EQ(confirmation.type, "rig.subscriptions_set");
  EXPECT_TRUE(same_json(json_at(confirmation.json, "/data").value_or(""),
                        R"([{"eventType":"a","oneOf":[{"x":1}]},{"eventType":"b","oneOf":[]}])"))
      << confirmation.json;
}

TEST(Ws, NoSubscriptionsAreConfirmedAsAnEmptyList) {
  Gateway gateway;
  for (const auto* query : {"", "?subscriptions=", "?subscriptions=%5B%5D", "?other=1"}) {
    auto request = ws_request();
    request.target += query;
    WsClient client(gateway.inbound(), request);
    EXPECT_EQ(json_at(client.read_greeting(), "/data"), "[]") << query;
  }
}

TEST(Ws, EveryConnectionHasItsOwnToken) {
  Gateway gateway;
  WsClient one(gateway.inbound(), {"a"});
  WsClient other(gateway.inbound(), {"a"});
  EXPECT_NE(one.token(), "");
  EXPECT_NE(one.token(), other.token());
}

TEST(Ws, AnEventIsOneTextFrameWithItsTextUnchanged) {
  Gateway gateway;
  WsClient client(gateway.inbound(), {"a"});
  const std::string event =
      "{\"id\":\"1\",\r\n \"source\":\"/x\", \"specversion\":\"1.0\",\n\"type\":\"a\","
      "\"data\":\"\\u00fc\xC3\xBC\"}";
  Publisher(gateway.inbound(), kInboundEvents).structured(event);
  const auto frame = client.next_frame();
  EXPECT_EQ(frame.opcode, WsOpcode::kText);
  EXPECT_TRUE(frame.fin);
  EXPECT_EQ(frame.rsv, 0U);
  EXPECT_EQ(frame.payload, event);
}

TEST(Ws, EventsOfEachLengthArriveWholeAndInOrder) {
  Gateway gateway({{"RIG_REQUEST_BODY_BYTES_MAX", "16MiB"}, {"RIG_OUTBOX_BYTES_MAX", "32MiB"}});
  WsClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  const auto empty = event_json("a", "1", R"("")").size();
  for (const std::size_t size : {125U, 126U, 127U, 65535U, 65536U, 65537U, 8'000'000U}) {
    const auto event = event_json("a", "1", '"' + std::string(size - empty, 'x') + '"');
    publisher.structured(event);
    EXPECT_TRUE(client.next_event().json == event) << size;
  }
}

TEST(Ws, EventsKeepTheOrderInWhichTheyWereAccepted) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<WsClient> clients;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a", "b"});
  }
  Publisher publisher(gateway.api());
  constexpr int kEvents = 200;
  for (int i = 0; i < kEvents; ++i) publisher.event(i % 3 == 0 ? "a" : "b", std::to_string(i));
  for (auto& client : clients) {
    for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(client.next_event()), std::to_string(i));
  }
}

TEST(Ws, ConstraintsSelectEvents) {
  Gateway gateway(
      {{"EXTRACTORS",
        R"({"a":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"}}}})"}});
  WsClient client(gateway.inbound(),
                  ws_request(R"([{"eventType":"a","oneOf":[{"name":"x"},{"name":"y"}]}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("a", "1", R"({"name":"z"})");
  publisher.event("a", "2", R"({"name":"y"})");
  publisher.event("a", "3", R"({})");
  publisher.event("b", "4", R"({"name":"x"})");
  publisher.event("a", "5", R"({"name":"x"})");
  EXPECT_EQ(id_of(client.next_event()), "2");
  EXPECT_EQ(id_of(client.next_event()), "5");
}

TEST(Ws, AndEventStreamsGetTheSameEvents) {
  Gateway gateway;
  WsClient ws(gateway.inbound(), {"a"});
  SseClient sse(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (int i = 0; i < 20; ++i) publisher.event("a", std::to_string(i));
  for (int i = 0; i < 20; ++i) ASSERT_EQ(ws.next_event().json, sse.next_event().data);
}

TEST(Ws, TheHandshakeMayComeByteByByteAndFramesWithIt) {
  Gateway gateway;
  const auto ping = to_bytes({.opcode = WsOpcode::kPing, .payload = "early"});
  const auto bytes = to_bytes(ws_request()) + ping;
  for (const bool is_bytewise : {false, true}) {
    RawSocket socket(gateway.inbound());
    for (std::size_t i = 0; is_bytewise && i < bytes.size(); ++i) socket.send(bytes.substr(i, 1));
    if (!is_bytewise) socket.send(bytes);
    EXPECT_EQ(read_reply_head(socket).status, 101);
    auto frame = read_frame(socket);
    while (frame.opcode == WsOpcode::kText) frame = read_frame(socket);
    EXPECT_EQ(frame.opcode, WsOpcode::kPong);
    EXPECT_EQ(frame.payload, "early");
  }
}

TEST(Ws, TheSubprotocolIsEchoedIfItIsKnown) {
  Gateway gateway;
  const auto answered = [&](const std::string& offer) {
    const auto request = with_header(ws_request(), "sec-websocket-protocol", offer);
    return WsClient(gateway.inbound(), request).head().header("sec-websocket-protocol");
  };
  EXPECT_EQ(answered("cloudevents.json"), "cloudevents.json");
  EXPECT_EQ(answered("soap, cloudevents.json"), "cloudevents.json");
  EXPECT_EQ(answered("soap"), std::nullopt);
  EXPECT_EQ(answered("cloudevents.avro,cloudevents"), std::nullopt);
  EXPECT_EQ(WsClient(gateway.inbound()).head().header("sec-websocket-protocol"), std::nullopt);
}

TEST(Ws, HeaderNamesAndTokensAreReadInAnyCaseAndAmongOthers) {
  Gateway gateway;
  auto request = with_header(ws_request(), "UPGRADE", "WebSocket");
  request = with_header(std::move(request), "CONNECTION", "keep-alive, upgrade");
  WsClient client(gateway.inbound(), request);
  EXPECT_EQ(json_at(client.read_greeting(), "/data"), "[]");
}

TEST(Ws, WhatIsNoUpgradeIsA426ThatSaysWhatIs) {
  Gateway gateway;
  HttpClient client(gateway.inbound());
  for (const auto& request :
       {HttpRequest{.target = std::string(kWsPath)}, without_header(ws_request(), "upgrade"),
        with_header(ws_request(), "upgrade", "h2c"),
        with_header(ws_request(), "sec-websocket-version", "8"),
        with_header(ws_request(), "sec-websocket-version", "14")}) {
    const auto reply = fetch(gateway.inbound(), request);
    EXPECT_EQ(reply.status, 426) << to_bytes(request);
    EXPECT_EQ(reply.header("upgrade"), "websocket");
    EXPECT_THAT(reply.header("connection").value_or(""), HasSubstr("pgrade"));
    EXPECT_EQ(reply.header("sec-websocket-version"), "13");
  }
  EXPECT_EQ(connections(gateway), 0);
}

TEST(Ws, AWrongKeyIsA400) {
  Gateway gateway;
  for (const auto* key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQAA",
                          "dGhlIHNhbXBsZSBub25jZ!=="}) {
    const auto request = with_header(ws_request(), "sec-websocket-key", key);
    EXPECT_EQ(fetch(gateway.inbound(), request).status, 400) << key;
  }
  EXPECT_EQ(fetch(gateway.inbound(), without_header(ws_request(), "sec-websocket-key")).status,
            400);
}

TEST(Ws, OtherMethodsOpenNothing) {
  Gateway gateway;
  for (const auto* method : {"POST", "PUT", "DELETE"}) {
    auto request = ws_request();
    request.method = method;
    const auto status = fetch(gateway.inbound(), request).status;
    EXPECT_GE(status, 400) << method;
    EXPECT_LT(status, 500) << method;
  }
  EXPECT_EQ(connections(gateway), 0);
}

struct Refusal {
  const char* name;
  std::string query;
  std::string text;  ///< how the answer starts; the rest is up to the parser

  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class WsRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(WsRefusal, IsA400BeforeTheUpgradeWithTheContractsText) {
  Gateway gateway;
  auto request = ws_request();
  request.target += "?" + GetParam().query;
  const auto reply = fetch(gateway.inbound(), request);
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, StartsWith(GetParam().text));
  EXPECT_EQ(reply.header("sec-websocket-accept"), std::nullopt);
  EXPECT_EQ(connections(gateway), 0);
}

Refusal of_list(const char* name, const char* json, std::string text) {
  return {name, "subscriptions=" + percent_encode(json), std::move(text)};
}

INSTANTIATE_TEST_SUITE_P(
    Ws, WsRefusal,
    ::testing::Values(
        of_list("UnfinishedJson", "[{", "Failed to decode subscription list: "),
        of_list("Object", "{}",
                "could not parse subscriptions: could not decode subscriptions: subscriptions is "
                "expected to be a JSON encoded list"),
        of_list("NoEventType", "[{}]",
                "could not parse subscriptions: could not parse subscription from JSON: invalid "
                "subscription: event-type not found")),
    [](const auto& info) { return info.param.name; });

TEST(Ws, SubscriptionsAreReplacedInBand) {
  Gateway gateway;
  WsClient client(gateway.inbound(), {"a", "b"});
  Publisher publisher(gateway.api());
  client.send_text(ws_subscriptions(R"([{"eventType":"b"},{"event_type":"c"}])"));
  const auto confirmation = client.next_event();
  EXPECT_EQ(confirmation.type, "rig.subscriptions_set");
  EXPECT_TRUE(same_json(json_at(confirmation.json, "/data").value_or(""),
                        R"([{"eventType":"b","oneOf":[]},{"eventType":"c","oneOf":[]}])"))
      << confirmation.json;
  for (const auto* type : {"a", "b", "c"}) publisher.event(type, "1");
  EXPECT_EQ(client.next_event().type, "b");
  EXPECT_EQ(client.next_event().type, "c");
  client.send_text(ws_subscriptions("[]"));
  EXPECT_EQ(json_at(client.next_event().json, "/data"), "[]");
  for (const auto* type : {"a", "b", "c"}) publisher.event(type, "2");
  client.send_ping("fence");
  client.expect_pong("fence");
}

TEST(Ws, EventsOfAKeptSubscriptionAreNeitherLostNorDoubledByAReplacement) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  WsClient client(gateway.inbound(), {"kept", "old"});
  Publisher publisher(gateway.api());
  constexpr int kRounds = 50;
  int id = 0;
  for (int round = 0; round < kRounds; ++round) {
    client.send_text(ws_subscriptions(subscriptions_to({"kept", round % 2 == 0 ? "new" : "old"})));
    for (int i = 0; i < 10; ++i) publisher.event("kept", std::to_string(id++));
  }
  int confirmations = 0;
  for (int next = 0; next < id || confirmations < kRounds;) {
    const auto event = client.next_event();
    if (event.type == "rig.subscriptions_set") {
      ++confirmations;
    } else {
      ASSERT_EQ(id_of(event), std::to_string(next++));
    }
  }
  EXPECT_EQ(confirmations, kRounds);
}

TEST(Ws, BadSubscriptionsInBandAreAnErrorEventAndChangeNothing) {
  Gateway gateway({{"RIG_SUBSCRIPTIONS_MAX", "3"}});
  WsClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  const std::pair<std::string, std::string> rows[] = {
      {"[{}]", "event-type not found"},
      {R"([{"eventType":"b"},{"eventType":""}])", "event-type empty"},
      {R"([{"eventType":"b","oneOf":{}}])", "constraints expected to be a list"},
      {R"({"eventType":"b"})", ""},
      {"null", ""},
      {subscriptions_to({"b", "c", "d", "e"}), ""},
  };
  for (const auto& [list, reason] : rows) {
    client.send_text(ws_subscriptions(list));
    const auto error = client.next_event();
    EXPECT_EQ(error.type, "rig.error") << list;
    EXPECT_EQ(json_at(error.json, "/source"), "rig");
    EXPECT_THAT(json_at(error.json, "/data/message").value_or("(absent)"), HasSubstr(reason));
    publisher.event("b", "no");
    publisher.event("a", "yes");
    EXPECT_EQ(client.next_event().type, "a") << list;
  }
}

TEST(Ws, AnyOtherTextAndAnyBinaryMessageCloses) {
  Gateway gateway;
  for (const auto* text : {"", "hello", "{}", "[]", R"({"subscription":[]})", "1", "\"\""}) {
    WsClient client(gateway.inbound(), {"a"});
    client.send_text(text);
    EXPECT_NO_THROW(client.expect_close(1000, kNoTwoWay)) << text;
  }
  WsClient client(gateway.inbound(), {"a"});
  client.send({.opcode = WsOpcode::kBinary, .payload = R"({"subscriptions":[]})"});
  client.expect_close(1000, kNoTwoWay);
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 0; }));
}

TEST(Ws, SubscriptionsAreReplacedByPutToo) {
  Gateway gateway;
  WsClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (const auto* transport : {"ws", "sse", "longpolling"}) {
    const auto type = std::string("to-") + transport;
    const auto reply = fetch(
        gateway.inbound(), put_subscriptions(client.token(), subscriptions_to({type}), transport));
    EXPECT_EQ(reply.status, 204) << reply.body;
    EXPECT_EQ(json_at(client.next_event().json, "/data/0/eventType"), type);
    publisher.event("a", "no");
    publisher.event(type, "1");
    EXPECT_EQ(client.next_event().type, type);
  }
}

TEST(Ws, ResumesBehindTheCursorOfTheLastEvent) {
  Gateway gateway;
  Publisher publisher(gateway.api());
  auto request = ws_request(subscriptions_to({"a"}));
  request.target += "&rigcursor=true";
  std::string cursor;
  {
    WsClient client(gateway.inbound(), request);
    client.read_greeting();
    publisher.event("a", "1");
    const auto event = client.next_event();
    cursor = json_at(event.json, "/rigcursor").value_or("");
    ASSERT_NE(cursor, "") << event.json;
    client.socket().reset();
  }
  for (const auto* id : {"2", "3", "4"}) publisher.event("a", id);
  for (const bool by_header : {false, true}) {
    WsClient client(gateway.inbound(), by_header ? resuming_by_header(request, cursor)
                                                 : resuming_by_query(request, cursor));
    client.read_greeting();
    for (const auto* id : {"2", "3", "4"}) EXPECT_EQ(id_of(client.next_event()), id);
    publisher.event("b", "no");
    client.send_ping("fence");
    client.expect_pong("fence");
  }
}

TEST(Ws, AnUnknownCursorIsAGapAndTheStreamGoesOn) {
  Gateway gateway;
  Publisher publisher(gateway.api());
  publisher.event("a", "before");
  WsClient client(gateway.inbound(),
                  resuming_by_query(ws_request(subscriptions_to({"a"})), "garbled"));
  client.read_greeting();
  const auto gap = client.next_event();
  EXPECT_EQ(gap.type, "rig.gap");
  EXPECT_EQ(json_at(gap.json, "/data/reason"), "unknown");
  EXPECT_EQ(json_at(gap.json, "/data/since"), "null");
  publisher.event("a", "after");
  EXPECT_EQ(id_of(client.next_event()), "after");
}

TEST(Ws, CursorsAreOnlyForThoseWhoAsk) {
  Gateway gateway;
  WsClient client(gateway.inbound(), {"a"});
  const auto event = event_json("a", "1");
  Publisher(gateway.api()).structured(event);
  EXPECT_EQ(client.next_event().json, event);
}

TEST(Ws, PingsComeEachHeartbeatAndAnAnsweringClientStays) {
  Gateway gateway({{"RIG_HEARTBEAT_INTERVAL", "1s"}});
  WsClient client(gateway.inbound(), {"a"});
  // Long enough that a client whose pongs do not count would be cut.
  for (int i = 0; i < 4; ++i) {
    const auto ping = client.next_frame();
    ASSERT_EQ(ping.opcode, WsOpcode::kPing);
    client.send_pong(ping.payload);
  }
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(id_of(client.next_event()), "1");
}

TEST(Ws, AClientThatIsSilentThroughTwoPingsIsCut) {
  Gateway gateway({{"RIG_HEARTBEAT_INTERVAL", "250ms"}});
  WsClient client(gateway.inbound(), {"a"});
  client.ignore_pings();
  EXPECT_EQ(client.next_frame().opcode, WsOpcode::kPing);
  EXPECT_EQ(client.next_frame().opcode, WsOpcode::kPing);
  client.expect_close(1001, "no answer to pings");
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 0; }));
}

TEST(Ws, AClientThatReadsNothingIsCutWhileOthersGetEverything) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "256KiB"}});
  const auto cut = [&] {
    return gateway.metric("rig_dropped_connections_total", {{"reason", "slow"}});
  };
  WsClient slow(gateway.inbound(), ws_request(subscriptions_to({"a"})), 4096);
  slow.read_greeting();
  WsClient reads(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  const auto data = "\"" + std::string(200'000, 'x') + "\"";
  for (int i = 0; cut() < 1; ++i) {
    ASSERT_LT(i, 500) << "100 MB were published and the client that reads nothing is still there";
    publisher.event("a", std::to_string(i), data);
    ASSERT_EQ(id_of(reads.next_event()), std::to_string(i));
  }
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 1; }));
  publisher.event("a", "last");
  EXPECT_EQ(id_of(reads.next_event()), "last");
}

TEST(Ws, ClientsThatLeaveAreForgotten) {
  Gateway gateway;
  WsClient stays(gateway.inbound(), {"a"});
  {
    WsClient vanishes(gateway.inbound(), {"a"});
    WsClient is_killed(gateway.inbound(), {"a"});
    WsClient closes(gateway.inbound(), {"a"});
    WsClient dies_in_a_frame(gateway.inbound(), {"a"});
    EXPECT_EQ(connections(gateway), 5);
    closes.send_close(1000);
    closes.expect_close(1000);
    dies_in_a_frame.socket().send(head_bytes({}, 100) + "x");
    is_killed.socket().reset();
  }
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 1; }));
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_subscriptions_total") == 1; }));
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(id_of(stays.next_event()), "1");
}

TEST(Ws, AStoppingGatewaySays1001) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<WsClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
  }
  gateway.process().signal(SIGTERM);
  for (auto& client : clients) client.expect_close(1001);
  gateway.expect_exit(0);
}

TEST(Ws, AClientThatDoesNotAnswerTheCloseDoesNotKeepTheGateway) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64MiB"}});
  WsClient answers_nothing(gateway.inbound(), {"a"});
  WsClient reads_nothing(gateway.inbound(), ws_request(subscriptions_to({"a"})), 4096);
  reads_nothing.read_greeting();
  const auto event = event_json("a", "1", '"' + std::string(900'000, 'x') + '"');
  Publisher publisher(gateway.api());
  for (int i = 0; i < 10; ++i) {
    publisher.structured(event);
    ASSERT_TRUE(answers_nothing.next_event().json == event);
  }
  gateway.process().signal(SIGTERM);
  gateway.expect_exit(0);
}

// The first RIG accepted everyone and closed with 1000; who relies on that can have it back.
TEST(Ws, RefusalsAreClosesIfTheOldWayIsAskedFor) {
  Gateway gateway({{"RIG_WS_REFUSE", "close"}});
  WsClient not_json(gateway.inbound(), ws_request("[{"));
  not_json.expect_close(
      1000, "Failed to decode subscription list: unexpected end of input at position 2");
  WsClient invalid(gateway.inbound(), ws_request("[{}]"));
  invalid.expect_close(1000, "Bad request.");
}

}  // namespace
}  // namespace testkit
