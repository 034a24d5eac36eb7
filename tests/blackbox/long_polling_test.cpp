// Long polling: what a client of /_rig/v1/connection/longpolling gets, its cookies, and what
// becomes of events while it is away (events.md 5).
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Longer than any test waits: an answer must have another reason.
const std::pair<const std::string, std::string> kForEver{"RIG_LONGPOLLING_WAIT", "1h"};
const std::pair<const std::string, std::string> kNotAtAll{"RIG_LONGPOLLING_WAIT", "0s"};

double sessions(const Gateway& gateway) {
  return gateway.metric("rig_connections", {{"transport", "longpolling"}});
}

std::string id_of(const std::string& event) { return json_at(event, "/id").value_or("(absent)"); }

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

std::vector<std::string> ids_of(const Poll& poll) {
  std::vector<std::string> ids;
  for (const auto& event : poll.events) ids.push_back(id_of(event));
  return ids;
}

// A poll waits when its request is counted; each look at the metrics is a request too.
void await_requests(const Gateway& gateway, int count) {
  int looks = 0;
  ASSERT_TRUE(
      eventually([&] { return gateway.metric("rig_http_requests_total") - ++looks >= count; }));
}

TEST(LongPolling, TheFirstRequestIsAnsweredOkWithBothCookies) {
  Gateway gateway;
  LongPollClient client(gateway.inbound());
  const auto reply = client.create(long_poll_request(subscriptions_to({"a"})));
  EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(reply.header("cache-control"), "no-cache");
  EXPECT_EQ(client.cookies().value("last_event_id"), "\"first_event\"");
  EXPECT_THAT(client.cookies().value("connection_token").value_or(""),
              ::testing::MatchesRegex("[A-Za-z0-9_=-]{16,}"));
  for (const auto* name : {"connection_token", "last_event_id"}) {
    EXPECT_THAT(client.cookies().attributes(name),
                ElementsAre("path=/", "HttpOnly", "SameSite=Lax"))
        << name;
  }
  EXPECT_EQ(sessions(gateway), 1);
}

TEST(LongPolling, TheFirstPollGivesTheWelcomeAndTheConfirmation) {
  Gateway gateway;
  LongPollClient client(gateway.inbound());
  client.create(long_poll_request(R"([{"event_type":"a"},{"eventType":"b","constraints":[]}])"));
  const auto poll = client.poll();
  EXPECT_THAT(poll.types(), ElementsAre("rig.connection.create", "rig.subscriptions_set"));
  EXPECT_EQ(json_at(poll.events[0], "/data/connection_token"),
            client.cookies().value("connection_token"));
  EXPECT_TRUE(same_json(json_at(poll.events[1], "/data").value_or(""),
                        R"([{"eventType":"a","oneOf":[]},{"eventType":"b","oneOf":[]}])"))
      << poll.events[1];
  EXPECT_EQ(poll.reply.header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(poll.reply.header("cache-control"), "no-cache");
  EXPECT_EQ(client.cookies().value("last_event_id"), in_quotes(poll.last_event_id));
  for (const auto* name : {"connection_token", "last_event_id"}) {
    EXPECT_THAT(client.cookies().attributes(name),
                ElementsAre("path=/", "HttpOnly", "SameSite=Lax"))
        << name;
  }
}

TEST(LongPolling, SubscriptionsAreAnArrayOrAnObjectWithThem) {
  Gateway gateway;
  const std::pair<std::string, std::string> rows[] = {
      {R"([{"eventType":"a"}])", "a"}, {R"({"subscriptions":[{"eventType":"b"}]})", "b"}};
  for (const auto& [subscriptions, type] : rows) {
    LongPollClient client(gateway.inbound());
    client.create(long_poll_request(subscriptions));
    EXPECT_EQ(json_at(client.read_greeting(), "/data/0/eventType"), type);
  }
  for (const auto* none : {"", "[]", R"({"subscriptions":[]})"}) {
    LongPollClient client(gateway.inbound());
    client.create(long_poll_request(none));
    EXPECT_EQ(json_at(client.read_greeting(), "/data"), "[]") << none;
  }
}

TEST(LongPolling, AnEventAnswersAWaitingPollAtOnce) {
  Gateway gateway({kForEver});
  LongPollClient client(gateway.inbound(), {"a"});
  client.send_poll();
  await_requests(gateway, 3);
  const auto event = event_json("a", "1", R"({"x": [1,  2]})");
  Publisher(gateway.api()).structured(event);
  const auto poll = client.read_poll();
  EXPECT_THAT(poll.reply.body, HasSubstr("\"events\":[" + event + "]"));
}

TEST(LongPolling, WithoutNewsThePollIsAnsweredEmptyAndThePlaceStays) {
  Gateway gateway({{"RIG_LONGPOLLING_WAIT", "100ms"}});
  LongPollClient client(gateway.inbound(), {"a"});
  const auto place = client.cookies().value("last_event_id");
  for (int i = 0; i < 3; ++i) {
    const auto poll = client.poll();
    EXPECT_THAT(poll.events, ::testing::IsEmpty());
    EXPECT_EQ(in_quotes(poll.last_event_id), place);
  }
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(id_of(client.next_event()), "1");
}

TEST(LongPolling, ConstraintsSelectEvents) {
  Gateway gateway(
      {{"EXTRACTORS",
        R"({"a":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"}}}})"}});
  LongPollClient client(gateway.inbound());
  client.create(long_poll_request(R"([{"eventType":"a","oneOf":[{"name":"x"}]}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("a", "1", R"({"name":"z"})");
  publisher.event("b", "2", R"({"name":"x"})");
  publisher.event("a", "3", R"({"name":"x"})");
  EXPECT_EQ(id_of(client.next_event()), "3");
}

/// So many events, in all, are where polls find them.
void await_events(const Gateway& gateway, int count) {
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_deliveries_total") >= count; }));
}

TEST(LongPolling, APollThatIsRepeatedGetsTheSameAgain) {
  Gateway gateway;
  LongPollClient client(gateway.inbound(), {"a"});
  const auto place = client.cookies().value("last_event_id").value_or("");
  Publisher publisher(gateway.api());
  publisher.event("a", "1");
  publisher.event("a", "2");
  await_events(gateway, 2);
  const auto first = ids_of(client.poll());
  EXPECT_THAT(first, ElementsAre("1", "2"));
  client.cookies().set("last_event_id", place);
  publisher.event("a", "3");
  await_events(gateway, 3);
  EXPECT_THAT(ids_of(client.poll()), ElementsAre("1", "2", "3"));
  client.cookies().set("last_event_id", "\"first_event\"");
  EXPECT_THAT(client.poll().types(),
              ElementsAre("rig.connection.create", "rig.subscriptions_set", "a", "a", "a"));
}

TEST(LongPolling, PollsAtTheSameTimeAreIndependent) {
  Gateway gateway({kForEver});
  LongPollClient one(gateway.inbound(), {"a"});
  LongPollClient other(gateway.inbound());
  other.cookies() = one.cookies();
  one.send_poll();
  other.send_poll();
  await_requests(gateway, 4);
  Publisher(gateway.api()).event("a", "1");
  EXPECT_THAT(ids_of(one.read_poll()), ElementsAre("1"));
  EXPECT_THAT(ids_of(other.read_poll()), ElementsAre("1"));
}

TEST(LongPolling, MorePollsThanOneSessionMayHaveSendTheOldestHome) {
  Gateway gateway({kForEver});
  LongPollClient first(gateway.inbound(), {"a"});
  std::vector<LongPollClient> others;
  first.send_poll();
  await_requests(gateway, 3);
  for (int i = 0; i < 8; ++i) {
    others.emplace_back(gateway.inbound()).cookies() = first.cookies();
    others.back().send_poll();
  }
  EXPECT_THAT(first.read_poll().events, ::testing::IsEmpty());
  Publisher(gateway.api()).event("a", "1");
  for (auto& other : others) EXPECT_THAT(ids_of(other.read_poll()), ElementsAre("1"));
}

TEST(LongPolling, IdsOfEventsMayBeAnything) {
  Gateway gateway;
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (const auto* id :
       {R"(a\"b;c)", R"(\\)", "a b,c=d", "\xC3\xBC\xF0\x9F\x8E\x89", R"(\u0022;)"}) {
    const auto event = event_json("a", id);
    publisher.structured(event);
    const auto poll = client.poll();  // which checks body and cookies
    ASSERT_THAT(poll.events, ::testing::SizeIs(1)) << id;
    EXPECT_TRUE(same_json(poll.events[0], event)) << poll.events[0];
  }
}

TEST(LongPolling, EventsWithTheSameIdAllCome) {
  Gateway gateway;
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (int i = 0; i < 3; ++i) publisher.event("a", "same", std::to_string(i));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(json_at(client.next_event(), "/data"), std::to_string(i));
}

// What a client says is a cursor comes back in a header.
TEST(LongPolling, SessionsAreFoundFromEveryShard) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<CookieJar> jars;
  for (int i = 0; i < 24; ++i) {
    LongPollClient client(gateway.inbound(), {"a"});
    jars.push_back(client.cookies());
  }
  EXPECT_EQ(sessions(gateway), 24);
  Publisher publisher(gateway.api());
  for (int round = 0; round < 4; ++round) {
    publisher.event("a", std::to_string(round));
    for (auto& jar : jars) {
      LongPollClient connection(gateway.inbound());  // a new one, on whichever shard
      connection.cookies() = jar;
      ASSERT_THAT(ids_of(connection.poll()), ElementsAre(std::to_string(round)));
      jar = connection.cookies();
    }
  }
  EXPECT_EQ(sessions(gateway), 24);
}

struct Refusal {
  const char* name;
  std::string subscriptions;
  std::string text;  ///< how the answer starts

  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class LongPollingRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(LongPollingRefusal, IsA400WithTheContractsText) {
  Gateway gateway;
  const auto reply = fetch(gateway.inbound(), long_poll_request(GetParam().subscriptions));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.header("content-type").value_or(""), StartsWith("text/plain"));
  EXPECT_THAT(reply.body, StartsWith(GetParam().text));
  EXPECT_EQ(reply.header("set-cookie"), std::nullopt);
  EXPECT_EQ(sessions(gateway), 0);
}

constexpr auto kUndecoded = "could not parse subscriptions: could not decode subscriptions: ";
constexpr auto kUnparsed =
    "could not parse subscriptions: could not parse subscription from JSON: invalid subscription: ";

INSTANTIATE_TEST_SUITE_P(
    LongPolling, LongPollingRefusal,
    ::testing::Values(
        Refusal{"UnfinishedJson", "[{", std::string(kUndecoded) + "invalid JSON encoding"},
        Refusal{"NoJson", "greeting", std::string(kUndecoded) + "invalid JSON encoding"},
        Refusal{"String", "\"a\"", std::string(kUndecoded) + "subscriptions is expected to be"},
        Refusal{"ObjectWithoutThem", "{}",
                std::string(kUndecoded) + "subscriptions is expected to be"},
        Refusal{"ObjectWithNoList", R"({"subscriptions":{}})",
                std::string(kUndecoded) + "subscriptions is expected to be"},
        Refusal{"NoEventType", "[{}]", std::string(kUnparsed) + "event-type not found"},
        Refusal{"NoEventTypeInAnObject", R"({"subscriptions":[{}]})",
                std::string(kUnparsed) + "event-type not found"},
        Refusal{"OneBadItemAmongGoodOnes", R"([{"eventType":"a"},{"eventType":""}])",
                std::string(kUnparsed) + "event-type empty"}),
    [](const auto& info) { return info.param.name; });

TEST(LongPolling, ATokenThatNobodyCanVerifyOpensNoSession) {
  Gateway gateway;
  const auto reply =
      fetch(gateway.inbound(), {.target = std::string(kLongPollPath) + "?jwt=a.b.c"});
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(json_at(reply.body, "/reason"), "token_no_keys");
  EXPECT_EQ(sessions(gateway), 0);
}

TEST(LongPolling, SubscriptionsAreReplacedByPut) {
  Gateway gateway;
  LongPollClient client(gateway.inbound(), {"a", "kept"});
  Publisher publisher(gateway.api());
  publisher.event("a", "1");
  EXPECT_EQ(id_of(client.next_event()), "1");
  const auto put =
      put_subscriptions(client.token(), subscriptions_to({"kept", "b"}), "longpolling");
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  EXPECT_TRUE(same_json(json_at(client.next_event(), "/data").value_or(""),
                        R"([{"eventType":"kept","oneOf":[]},{"eventType":"b","oneOf":[]}])"));
  for (const auto* type : {"a", "b", "kept"}) publisher.event(type, "2");
  EXPECT_EQ(json_at(client.next_event(), "/type"), "b");
  EXPECT_EQ(json_at(client.next_event(), "/type"), "kept");
}

TEST(LongPolling, CredentialsAreAllowedForANamedOriginOnly) {
  for (const auto* origin : {"*", "https://a.example", "https://a.example,https://b.example"}) {
    Gateway gateway({{"CORS", origin}});
    const bool is_any = std::string(origin) == "*";
    auto create = long_poll_request();
    create.headers.emplace_back("origin", "https://a.example");
    auto refused = long_poll_request("[{");
    refused.headers.emplace_back("origin", "https://a.example");
    const HttpRequest preflight{
        .method = "OPTIONS",
        .target = std::string(kLongPollPath),
        .headers = {{"origin", "https://a.example"}, {"access-control-request-method", "GET"}}};
    for (const auto& request : {create, refused, preflight}) {
      const auto reply = fetch(gateway.inbound(), request);
      EXPECT_EQ(reply.header("access-control-allow-origin"), is_any ? "*" : "https://a.example");
      EXPECT_EQ(reply.header("access-control-allow-credentials"),
                is_any ? std::nullopt : std::optional<std::string>("true"))
          << request.method << " " << origin;
    }
    auto foreign = long_poll_request();
    foreign.headers.emplace_back("origin", "https://c.example");
    if (std::string(origin).find(',') != std::string::npos) {
      const auto reply = fetch(gateway.inbound(), foreign);
      EXPECT_EQ(reply.header("access-control-allow-origin"), std::nullopt);
      EXPECT_EQ(reply.header("access-control-allow-credentials"), std::nullopt);
    }
  }
}

TEST(LongPolling, APreflightMakesNoSession) {
  Gateway gateway;
  const auto reply = fetch(gateway.inbound(), {.method = "OPTIONS",
                                               .target = std::string(kLongPollPath),
                                               .headers = {{"origin", "https://a.example"}}});
  EXPECT_EQ(reply.status, 204);
  EXPECT_THAT(reply.header("access-control-allow-methods").value_or(""), HasSubstr("GET"));
  EXPECT_EQ(sessions(gateway), 0);
}

TEST(LongPolling, HeadAndOtherMethodsMakeNoSession) {
  Gateway gateway;
  HttpClient client(gateway.inbound());
  const auto head = client.request({.method = "HEAD", .target = std::string(kLongPollPath)});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("set-cookie"), std::nullopt);
  EXPECT_EQ(client.request({.target = "/_rig/health"}).body, "OK");
  for (const auto* method : {"POST", "PUT", "DELETE"}) {
    EXPECT_EQ(
        fetch(gateway.inbound(), {.method = method, .target = std::string(kLongPollPath)}).status,
        405)
        << method;
  }
  EXPECT_EQ(sessions(gateway), 0);
}

TEST(LongPolling, SessionsCountAsConnectionsOfTheMinuteAndPollsDoNot) {
  Gateway gateway({{"MAX_CONNECTIONS_PER_MINUTE", "2"}, kNotAtAll});
  const auto status_of_a_new_session = [&] {
    return fetch(gateway.inbound(), long_poll_request()).status;
  };
  LongPollClient client(gateway.inbound(), {"a"});
  for (int i = 0; i < 5; ++i) (void)client.poll();
  // The minute may end in between, but not twice.
  std::vector<int> statuses;
  for (int i = 0; i < 6; ++i) statuses.push_back(status_of_a_new_session());
  EXPECT_THAT(statuses, ::testing::Contains(429));
  (void)client.poll();
}

TEST(LongPolling, SessionsCountAsConnectionsOfTheShard) {
  Gateway gateway({{"RIG_SHARDS", "1"}, {"RIG_CONNECTIONS_MAX", "10"}});
  HttpClient client(gateway.inbound());
  std::vector<int> statuses;
  for (int i = 0; i < 20; ++i) statuses.push_back(client.request(long_poll_request()).status);
  EXPECT_EQ(std::ranges::count(statuses, 200), 9);
  EXPECT_EQ(std::ranges::count(statuses, 503), 11);
}

}  // namespace
}  // namespace testkit
