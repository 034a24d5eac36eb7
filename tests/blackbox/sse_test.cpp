// Event streams: what a client of /_rig/v1/connection/sse gets, to the byte.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace testkit {
namespace {

constexpr auto kInboundEvents = "/_rig/v1/events";

// The id, time, version and source that every event of the gateway itself has.
void expect_gateway_event(const std::string& json, const std::string& type) {
  using ::testing::MatchesRegex;
  const auto at = [&](const char* pointer) { return json_at(json, pointer).value_or("(absent)"); };
  EXPECT_EQ(at("/specversion"), "0.2");
  EXPECT_EQ(at("/source"), "rig");
  EXPECT_EQ(at("/type"), type);
  EXPECT_THAT(at("/id"),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_THAT(
      at("/time"),
      MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}\\+00:00"));
}

TEST(Sse, TheAnswerHasTheHeadersOfAnEventStream) {
  Gateway gateway;
  SseClient client(gateway.inbound(), sse_request({}));
  EXPECT_EQ(client.head().version, "HTTP/1.1");
  EXPECT_EQ(client.head().header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(client.head().header("cache-control"), "no-cache");
  EXPECT_EQ(client.head().header("access-control-allow-origin"), "*");
  EXPECT_EQ(client.head().header("transfer-encoding"), "chunked");
  EXPECT_EQ(client.head().header("content-length"), std::nullopt);
}

TEST(Sse, TheFirstTwoChunksAreTheWelcomeAndTheConfirmation) {
  Gateway gateway(
      {{"EXTRACTORS",
        R"({"greeting":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data"}}}})"}});
  SseClient client(
      gateway.inbound(),
      sse_request(
          R"([{"event_type":"greeting","one_of":[{"name":"x"}]},{"eventType":"other","extra":1}])"));

  const std::string welcome = client.next_chunk();
  const std::string welcome_head = "event: rig.connection.create\ndata: ";
  ASSERT_EQ(welcome.substr(0, welcome_head.size()), welcome_head);
  ASSERT_THAT(welcome, ::testing::ContainsRegex("}\nretry: [0-9]+\n\n$"));
  const auto welcome_json = welcome.substr(
      welcome_head.size(), welcome.find('\n', welcome_head.size()) - welcome_head.size());
  expect_gateway_event(welcome_json, "rig.connection.create");
  EXPECT_THAT(json_at(welcome_json, "/data/connection_token").value_or(""),
              ::testing::MatchesRegex("[A-Za-z0-9_=-]{16,}"));

  const std::string confirmation = client.next_chunk();
  const std::string confirmation_head = "event: rig.subscriptions_set\ndata: ";
  ASSERT_EQ(confirmation.substr(0, confirmation_head.size()), confirmation_head);
  ASSERT_THAT(confirmation, ::testing::ContainsRegex("}\nid: [-a-z0-9]+\n\n$"));
  const auto confirmation_json = confirmation.substr(
      confirmation_head.size(),
      confirmation.find('\n', confirmation_head.size()) - confirmation_head.size());
  expect_gateway_event(confirmation_json, "rig.subscriptions_set");
  EXPECT_TRUE(same_json(
      json_at(confirmation_json, "/data").value_or(""),
      R"([{"eventType":"greeting","oneOf":[{"name":"x"}]},{"eventType":"other","oneOf":[]}])"))
      << confirmation_json;
}

TEST(Sse, EveryConnectionHasItsOwnToken) {
  Gateway gateway;
  const auto token_of_a_new_connection = [&] {
    SseClient client(gateway.inbound(), sse_request({}));
    return json_at(client.next_event().data, "/data/connection_token");
  };
  EXPECT_NE(token_of_a_new_connection(), token_of_a_new_connection());
}

TEST(Sse, NoSubscriptionsAreConfirmedAsAnEmptyList) {
  Gateway gateway;
  for (const auto* query : {"", "?subscriptions=", "?subscriptions=%5B%5D", "?other=1"}) {
    SseClient client(gateway.inbound(), {.target = std::string(kSsePath) + query});
    EXPECT_EQ(json_at(client.read_greeting(), "/data"), "[]") << query;
  }
}

TEST(Sse, AnEventIsOneChunkWithItsTypeAndItsText) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"greeting"});
  const std::string event =
      R"({"id":"1","source":"/cli","specversion":"0.2","type":"greeting","data":"hello"})";
  Publisher(gateway.inbound(), kInboundEvents).structured(event);
  EXPECT_THAT(client.next_chunk(),
              ::testing::MatchesRegex("event: greeting\ndata: [^\n]+\nid: [-a-z0-9]+\n\n"));
  Publisher(gateway.inbound(), kInboundEvents).structured(event);
  EXPECT_THAT(client.next_chunk(), ::testing::HasSubstr("\ndata: " + event + "\nid: "));
}

TEST(Sse, EachLineOfTheTextIsADataLine) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"lines"});
  Publisher publisher(gateway.api());
  const std::string head = R"({"specversion":"1.0","type":"lines","source":"/x",)";
  const std::string expected =
      "event: lines\ndata: " + head + "\ndata:   \"id\":\"1\"\ndata: }\nid: ";
  for (const std::string line_end : {"\n", "\r\n", "\r"}) {
    publisher.structured(head + line_end + "  \"id\":\"1\"" + line_end + "}");
    EXPECT_THAT(client.next_chunk(), ::testing::StartsWith(expected));
  }
}

TEST(Sse, TextAfterALineEndCannotForgeAField) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"forged"});
  // White space between the tokens of JSON is all that a producer can put around line ends.
  Publisher(gateway.api())
      .structured(R"({"specversion":"1.0","type":"forged","source":"/x","id":)"
                  "\r\n\r\n\n\r\"event: other\",\r\"data\":\"data: 2\"\n}");
  const auto event = client.next_event();
  EXPECT_EQ(event.type, "forged");
  EXPECT_EQ(json_at(event.data, "/id"), "event: other");
  EXPECT_EQ(json_at(event.data, "/data"), "data: 2");
}

// Everything has a place to resume from, the confirmation too; the welcome says when to come back.
TEST(Sse, EventsHaveAnIdThatOnlyRisesAndTheWelcomeARetry) {
  Gateway gateway({{"RIG_RETRY", "2s"}});
  SseClient client(gateway.inbound(), sse_request(subscriptions_to({"a"})));
  EXPECT_THAT(client.next_chunk(), ::testing::ContainsRegex("\nretry: [23][0-9][0-9][0-9]\n\n$"));
  EXPECT_THAT(client.next_chunk(), ::testing::ContainsRegex("\nid: [-a-z0-9]+\n\n$"));
  Publisher publisher(gateway.api());
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) publisher.event("a", std::to_string(i));
  for (int i = 0; i < 20; ++i) {
    const auto chunk = client.next_chunk();
    ids.insert(chunk.substr(chunk.find("\nid: ")));
  }
  EXPECT_EQ(ids.size(), 20U);
}

TEST(Sse, HeartbeatsAreCommentsInAChunkOfTheirOwn) {
  Gateway gateway({{"RIG_HEARTBEAT_INTERVAL", "250ms"}});
  SseClient client(gateway.inbound(), sse_request({}));
  (void)client.next_chunk();
  (void)client.next_chunk();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.next_chunk(), ": heartbeat\n\n");
}

TEST(Sse, EventsKeepTheOrderInWhichTheyWereAccepted) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<SseClient> clients;
  for (int i = 0; i < 12; ++i)
    clients.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a", "b"});
  Publisher publisher(gateway.api());
  constexpr int kEvents = 200;
  for (int i = 0; i < kEvents; ++i) publisher.event(i % 3 == 0 ? "a" : "b", std::to_string(i));
  for (auto& client : clients) {
    for (int i = 0; i < kEvents; ++i)
      ASSERT_EQ(json_at(client.next_event().data, "/id"), std::to_string(i));
  }
}

// events.md 13: events of one type reach a connection in the order of acceptance, and an event
// whose answer has come was accepted before one that is sent only then, whichever shards the two
// enter by.
TEST(Sse, EventsKeepTheOrderOfTheirAnswersWhicheverWayTheyCome) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<SseClient> clients;
  std::vector<Publisher> publishers;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
    publishers.emplace_back(gateway.api());
  }
  constexpr std::size_t kEvents = 1000;
  for (std::size_t i = 0; i < kEvents; ++i) {
    publishers[i % publishers.size()].event("a", std::to_string(i));
  }
  for (auto& client : clients) {
    for (std::size_t i = 0; i < kEvents; ++i) {
      ASSERT_EQ(json_at(client.next_event().data, "/id"), std::to_string(i));
    }
  }
}

TEST(Sse, AnEventComesOnceHoweverManySubscriptionsMatch) {
  Gateway gateway;
  SseClient client(
      gateway.inbound(),
      sse_request(R"([{"eventType":"a"},{"eventType":"a","oneOf":[{},{}]},{"eventType":"a"}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("a", "1");
  publisher.event("a", "2");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "1");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "2");
}

TEST(Sse, EventTypesAreComparedExactly) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"com.shop.order", "fence"});
  Publisher publisher(gateway.api());
  for (const auto* type :
       {"com.shop.orders", "com.shop", "Com.shop.order", "com.shop.*", "*", "order"}) {
    publisher.event(type, "no");
  }
  publisher.event("fence", "1");
  EXPECT_EQ(client.next_event().type, "fence");
}

TEST(Sse, LateSubscriberGetsOnlyNewEvents) {
  Gateway gateway;
  Publisher publisher(gateway.api());
  publisher.event("a", "before");
  SseClient client(gateway.inbound(), {"a"});
  publisher.event("a", "after");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "after");
}

TEST(Sse, NonAsciiTypesAndDataPassUnchanged) {
  Gateway gateway;
  const std::string type =
      "gr\xC3\xBC\xC3\x9F"
      "e.\xF0\x9F\x8E\x89";
  SseClient client(gateway.inbound(), {type});
  const std::string event = event_json(type, "1", R"({"\u00fc":"ü🎉\u0000\n"})");
  Publisher(gateway.api()).structured(event);
  EXPECT_THAT(client.next_chunk(),
              ::testing::StartsWith("event: " + type + "\ndata: " + event + "\nid: "));
}

TEST(Sse, Http10GetsAPlainStreamThatEndsWithTheConnection) {
  Gateway gateway;
  RawSocket socket(gateway.inbound());
  socket.send("GET " + std::string(kSsePath) +
              "?subscriptions=" + percent_encode(subscriptions_to({"a"})) + " HTTP/1.0\r\n\r\n");
  const auto head = read_reply_head(socket);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("connection"), "close");
  EXPECT_EQ(head.header("transfer-encoding"), std::nullopt);
  EXPECT_EQ(socket.read_until("\n"), "event: rig.connection.create\n");
  EXPECT_THAT(socket.read_until("\n\n"), ::testing::StartsWith("data: {"));
  EXPECT_THAT(socket.read_until("\n\n"),
              ::testing::StartsWith("event: rig.subscriptions_set\ndata: {"));
  const auto event = event_json("a", "1");
  Publisher(gateway.api()).structured(event);
  EXPECT_THAT(socket.read_until("\n\n"),
              ::testing::StartsWith("event: a\ndata: " + event + "\nid: "));
}

TEST(Sse, HeadTellsTheHeadersAndOpensNoStream) {
  Gateway gateway;
  HttpClient client(gateway.inbound());
  const auto reply = client.request({.method = "HEAD", .target = std::string(kSsePath)});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(client.request({.target = "/_rig/health"}).body, "OK")
      << "bytes of a stream follow the head";
  EXPECT_EQ(gateway.metric("rig_connections", {{"transport", "sse"}}), 0);
}

TEST(Sse, ATrailingSlashIsTheSamePath) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {.target = std::string(kSsePath) + "/?subscriptions=" +
                                                 percent_encode(subscriptions_to({"a"}))});
  EXPECT_EQ(json_at(client.read_greeting(), "/data/0/eventType"), "a");
}

TEST(Sse, AThousandSubscriptionsFitWhenTheTargetMayBeLong) {
  Gateway gateway({{"RIG_REQUEST_TARGET_BYTES_MAX", "256KiB"},
                   {"RIG_REQUEST_HEADER_BYTES_MAX", "512KiB"},
                   {"RIG_SUBSCRIPTIONS_MAX", "1000"}});
  std::vector<std::string> types;
  for (int i = 0; i < 1000; ++i) types.push_back("com.shop.order.changed." + std::to_string(i));
  SseClient client(gateway.inbound(), sse_request(subscriptions_to(types)));
  EXPECT_EQ(json_at(client.read_greeting(), "/data/999/eventType"), types.back());
  Publisher publisher(gateway.api());
  for (const auto* number : {"0", "500", "999"}) {
    publisher.event("com.shop.order.changed." + std::string(number), number);
    EXPECT_EQ(json_at(client.next_event().data, "/id"), number);
  }
}

TEST(Sse, AnEventLargerThanAnySocketBufferArrivesWhole) {
  Gateway gateway({{"RIG_REQUEST_BODY_BYTES_MAX", "16MiB"}, {"RIG_OUTBOX_BYTES_MAX", "32MiB"}});
  SseClient client(gateway.inbound(), {"big"});
  std::string data = "\"";
  for (int i = 0; data.size() < 8'000'000; ++i) data += std::to_string(i) + ' ';
  const auto event = event_json("big", "1", data + "\"");
  Publisher(gateway.api()).structured(event);
  EXPECT_TRUE(client.next_event().data == event) << "the event is not what was published";
}

TEST(Sse, ClientsThatLeaveAreForgotten) {
  Gateway gateway;
  const auto connections = [&] {
    return gateway.metric("rig_connections", {{"transport", "sse"}});
  };
  SseClient stays(gateway.inbound(), {"a"});
  {
    SseClient ends(gateway.inbound(), {"a"});
    SseClient is_killed(gateway.inbound(), {"a"});
    EXPECT_EQ(connections(), 3);
    is_killed.socket().reset();
  }
  EXPECT_TRUE(eventually([&] { return connections() == 1; }));
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(json_at(stays.next_event().data, "/id"), "1");
}

TEST(Sse, BytesAfterTheRequestDoNotDisturbTheStream) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"a"});
  (void)client.socket().try_send("GET /_rig/health HTTP/1.1\r\nhost: h\r\n\r\n");
  (void)client.socket().try_send(std::string(100'000, 'x'));
  SseClient other(gateway.inbound(), {"a"});
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(json_at(other.next_event().data, "/id"), "1");
}

struct Refusal {
  const char* name;
  std::string query;
  std::string text;  ///< how the answer starts; the rest is up to the parser

  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class SseRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(SseRefusal, IsA400WithTheContractsText) {
  Gateway gateway;
  HttpClient client(gateway.inbound());
  const auto reply = client.request({.target = std::string(kSsePath) + "?" + GetParam().query});
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, ::testing::StartsWith(GetParam().text));
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_THAT(reply.header("content-type").value_or(""), ::testing::StartsWith("text/plain"));
  EXPECT_EQ(gateway.metric("rig_connections", {{"transport", "sse"}}), 0);
}

std::string invalid(const char* reason) {
  return std::string(
             "could not parse subscriptions: could not parse subscription from JSON: invalid "
             "subscription: ") +
         reason;
}

Refusal of_list(const char* name, const char* json, std::string text) {
  return {name, "subscriptions=" + percent_encode(json), std::move(text)};
}

INSTANTIATE_TEST_SUITE_P(
    Sse, SseRefusal,
    ::testing::Values(
        of_list("UnfinishedJson", "[{", "Failed to decode subscription list: "),
        of_list("NoJson", "greeting", "Failed to decode subscription list: "),
        of_list("TextAfterTheList", "[] x", "Failed to decode subscription list: "),
        of_list("DeepNesting", std::string(1500, '[').c_str(),
                "Failed to decode subscription list: "),
        of_list("Object", "{}",
                "could not parse subscriptions: could not decode subscriptions: subscriptions is "
                "expected to be a JSON "
                "encoded list"),
        of_list("String", "\"a\"",
                "could not parse subscriptions: could not decode subscriptions: subscriptions is "
                "expected to be a JSON "
                "encoded list"),
        of_list("ItemIsNoObject", "[1]", invalid("not a map")),
        of_list("NoEventType", "[{}]", invalid("event-type not found")),
        of_list("EmptyEventType", R"([{"eventType":""}])", invalid("event-type empty")),
        of_list("EventTypeIsNoString", R"([{"eventType":5}])", invalid("event-type empty")),
        of_list("EventTypeIsNull", R"([{"eventType":null}])", invalid("event-type empty")),
        of_list("OneOfIsNoList", R"([{"eventType":"a","oneOf":{}}])",
                invalid("constraints expected to be a list of disjunctive clauses")),
        of_list("ClauseIsNoObject", R"([{"eventType":"a","oneOf":[1]}])",
                invalid("a disjunctive clause expected to be a conjunction represented by a map")),
        of_list("EmptyFieldName", R"([{"eventType":"a","oneOf":[{"":1}]}])",
                invalid("conjunctive clauses expected to be a map with nonempty strings as keys")),
        of_list("OneBadItemAmongGoodOnes", R"([{"eventType":"a"},{"eventType":""}])",
                invalid("event-type empty"))),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace testkit
