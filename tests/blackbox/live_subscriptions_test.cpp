// Changing what an open connection is subscribed to, by PUT and by WebSocket message, and asking
// for it (events.md 6 and 7).
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

#include <array>
#include <atomic>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::array kTransports{"sse", "ws", "longpolling"};
constexpr auto kExtractors =
    R"({"a":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"}}}})";

std::string id_of(const std::string& event) { return json_at(event, "/id").value_or("(absent)"); }

// A client of any transport: its token, and its events as they come.
struct Connection {
  std::string transport;
  std::string token;
  std::function<std::string()> next;
};

Connection connect(const Gateway& gateway, const std::string& transport,
                   std::initializer_list<std::string> types) {
  if (transport == "sse") {
    auto client = std::make_shared<SseClient>(gateway.inbound(), types);
    return {transport, client->token(), [client] { return client->next_event().data; }};
  }
  if (transport == "ws") {
    auto client = std::make_shared<WsClient>(gateway.inbound(), types);
    return {transport, client->token(), [client] { return client->next_event().json; }};
  }
  auto client = std::make_shared<LongPollClient>(gateway.inbound(), types);
  return {transport, client->token(), [client] { return client->next_event(); }};
}

HttpReply put(const Gateway& gateway, const Connection& connection, std::string_view list,
              std::string_view path = "sse") {
  return fetch(gateway.inbound(), put_subscriptions(connection.token, list, path));
}

std::string confirmed(const std::string& event) {
  EXPECT_EQ(json_at(event, "/type"), "rig.subscriptions_set") << event;
  return json_at(event, "/data").value_or("(absent)");
}

TEST(LiveSubscriptions, APutReplacesThemOnEveryTransportThroughEveryPath) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  Publisher publisher(gateway.api());
  for (const auto* transport : kTransports) {
    const auto connection = connect(gateway, transport, {"first"});
    std::string before = "first";
    for (const auto* path : kTransports) {
      const auto type = std::string(transport) + "-through-" + path;
      const auto reply = put(gateway, connection, subscriptions_to({type}), path);
      EXPECT_EQ(reply.status, 204) << reply.body;
      EXPECT_EQ(reply.body, "");
      EXPECT_EQ(reply.header("content-type"), std::nullopt);
      EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
      EXPECT_TRUE(same_json(confirmed(connection.next()),
                            R"([{"eventType":")" + type + R"(","oneOf":[]}])"));
      publisher.event(before, "no");
      publisher.event(type, "yes");
      EXPECT_EQ(id_of(connection.next()), "yes") << type;
      before = type;
    }
  }
}

TEST(LiveSubscriptions, AGetTellsThemOnEveryTransportThroughEveryPath) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  for (const auto* transport : kTransports) {
    const auto connection = connect(gateway, transport, {"b", "a"});
    for (const auto* path : kTransports) {
      const auto reply = fetch(gateway.inbound(), get_subscriptions(connection.token, path));
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
      EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
      EXPECT_TRUE(same_json(
          reply.body,
          R"({"subscriptions":[{"eventType":"b","oneOf":[]},{"eventType":"a","oneOf":[]}]})"))
          << reply.body;
    }
  }
}

TEST(LiveSubscriptions, WhatIsPutIsWhatAGetTells) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  const auto connection = connect(gateway, "sse", {"a"});
  const std::string list = R"([{"event_type":"a","one_of":[{"name":"x"},{"name":null}]}])";
  const std::string canonical = R"([{"eventType":"a","oneOf":[{"name":"x"},{"name":null}]}])";
  ASSERT_EQ(put(gateway, connection, list).status, 204);
  EXPECT_TRUE(same_json(confirmed(connection.next()), canonical));
  const auto got = fetch(gateway.inbound(), get_subscriptions(connection.token));
  EXPECT_TRUE(same_json(json_at(got.body, "/subscriptions").value_or(""), canonical)) << got.body;
  auto same = put_subscriptions(connection.token, "[]");
  same.body = got.body;
  EXPECT_EQ(fetch(gateway.inbound(), same).status, 204) << "what is got can be put";
}

TEST(LiveSubscriptions, AnEmptyListClearsThemAll) {
  Gateway gateway;
  Publisher publisher(gateway.api());
  for (const auto* transport : kTransports) {
    const auto connection = connect(gateway, transport, {"a", "b"});
    ASSERT_EQ(put(gateway, connection, "[]").status, 204);
    EXPECT_EQ(confirmed(connection.next()), "[]");
    publisher.event("a", "no");
    ASSERT_EQ(put(gateway, connection, subscriptions_to({"b"})).status, 204);
    confirmed(connection.next());
    publisher.event("b", "yes");
    EXPECT_EQ(id_of(connection.next()), "yes") << transport;
  }
}

TEST(LiveSubscriptions, EveryPutIsConfirmedAlsoIfItChangesNothing) {
  Gateway gateway;
  const auto connection = connect(gateway, "sse", {"a"});
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(put(gateway, connection, subscriptions_to({"a"})).status, 204);
    EXPECT_EQ(json_at(confirmed(connection.next()), "/0/eventType"), "a");
  }
}

TEST(LiveSubscriptions, ConstraintsAreReplacedToo) {
  for (const auto* transport : kTransports) {
    Gateway gateway({{"EXTRACTORS", kExtractors}});
    Publisher publisher(gateway.api());
    const auto connection = connect(gateway, transport, {"a"});
    for (const auto* name : {"x", "y"}) {
      const auto list = R"([{"eventType":"a","oneOf":[{"name":")" + std::string(name) + R"("}]}])";
      ASSERT_EQ(put(gateway, connection, list).status, 204);
      confirmed(connection.next());
      for (const auto* of : {"x", "y", "z"}) {
        publisher.event("a", of, R"({"name":")" + std::string(of) + R"("})");
      }
      EXPECT_EQ(id_of(connection.next()), name) << transport;
    }
  }
}

struct Refusal {
  const char* name;
  int status;
  HttpHeaders headers;
  std::string body;
  std::string text;  ///< how the answer starts

  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class PutRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(PutRefusal, HasTheContractsStatusAndTextAndChangesNothing) {
  Gateway gateway({{"EXTRACTORS", kExtractors}, {"RIG_SUBSCRIPTIONS_MAX", "3"}});
  Publisher publisher(gateway.api());
  for (const auto* transport : kTransports) {
    const auto connection = connect(gateway, transport, {"a"});
    auto request = put_subscriptions(connection.token, "[]", transport);
    request.headers = GetParam().headers;
    request.body = GetParam().body;
    const auto reply = fetch(gateway.inbound(), request);
    EXPECT_EQ(reply.status, GetParam().status) << reply.body;
    EXPECT_THAT(reply.body, StartsWith(GetParam().text));
    EXPECT_THAT(reply.header("content-type").value_or(""), StartsWith("text/plain"));
    EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
    publisher.event("b", "no");
    publisher.event("a", "yes");
    EXPECT_EQ(id_of(connection.next()), "yes") << transport;
  }
}

const HttpHeaders kJson{{"content-type", "application/json"}};
constexpr auto kNotJson = "Expected JSON encoded body.";
constexpr auto kNoList = "Expected field \"subscriptions\" is not present.";
constexpr auto kInvalid =
    "cannot accept subscription request: could not parse given subscriptions: invalid "
    "subscription: ";
constexpr auto kNotAcceptable = "Request headers:\n  Accept: ";
const std::string kList = R"({"subscriptions":[{"eventType":"b"}]})";

HttpHeaders json_and(std::string name, std::string value) {
  auto headers = kJson;
  headers.emplace_back(std::move(name), std::move(value));
  return headers;
}

Refusal invalid(const char* name, const std::string& list, const std::string& reason) {
  return {name, 400, kJson, R"({"subscriptions":)" + list + "}", kInvalid + reason};
}

INSTANTIATE_TEST_SUITE_P(
    LiveSubscriptions, PutRefusal,
    ::testing::Values(
        Refusal{"AcceptHtml", 406, json_and("accept", "text/html"), kList, kNotAcceptable},
        Refusal{"AcceptGarbled", 406, json_and("accept", ";;,"), kList, kNotAcceptable},
        Refusal{"NoContentType", 415, {}, kList, ""},
        Refusal{"MalformedContentType", 415, {{"content-type", "json"}}, kList, ""},
        Refusal{"OtherContentType", 400, {{"content-type", "text/plain"}}, kList, kNotJson},
        Refusal{"EmptyBody", 400, kJson, "", kNotJson},
        Refusal{"UnfinishedJson", 400, kJson, R"({"subscriptions":)", kNotJson},
        Refusal{"TextAfterTheJson", 400, kJson, kList + "x", kNotJson},
        Refusal{"DeepNesting", 400, kJson, std::string(5000, '['), kNotJson},
        Refusal{"NoMember", 400, kJson, R"({"x":1})", kNoList},
        Refusal{"Array", 400, kJson, R"([{"eventType":"b"}])", kNoList},
        Refusal{"Scalar", 400, kJson, "5", kNoList},
        Refusal{"ListIsAnObject", 400, kJson, R"({"subscriptions":{}})",
                "cannot accept subscription request: could not parse given subscriptions: "},
        Refusal{"ListIsNull", 400, kJson, R"({"subscriptions":null})",
                "cannot accept subscription request: could not parse given subscriptions: "},
        invalid("ItemIsNoObject", "[1]", "not a map"),
        invalid("NoEventType", "[{}]", "event-type not found"),
        invalid("EmptyEventType", R"([{"eventType":"b"},{"eventType":""}])", "event-type empty"),
        invalid("EventTypeIsNoString", R"([{"eventType":5}])", "event-type empty"),
        invalid("OneOfIsNoList", R"([{"eventType":"b","oneOf":{}}])",
                "constraints expected to be a list of disjunctive clauses"),
        invalid("ClauseIsNoObject", R"([{"eventType":"b","oneOf":[1]}])",
                "a disjunctive clause expected to be a conjunction represented by a map"),
        invalid("EmptyFieldName", R"([{"eventType":"b","oneOf":[{"":1}]}])",
                "conjunctive clauses expected to be a map with nonempty strings as keys"),
        invalid("UnknownField", R"([{"eventType":"a","oneOf":[{"nmae":1}]}])", "field \"nmae\""),
        Refusal{"TooMany", 400, kJson,
                R"({"subscriptions":)" + subscriptions_to({"b", "c", "d", "e"}) + "}",
                "cannot accept subscription request: could not parse given subscriptions: "}),
    [](const auto& info) { return info.param.name; });

TEST(LiveSubscriptions, HeadersOfTheRequestMayBeSpelledAsHttpAllows) {
  Gateway gateway;
  const auto connection = connect(gateway, "sse", {"a"});
  const HttpHeaders spellings[] = {
      {{"Content-Type", "Application/JSON; charset=UTF-8"}},
      {{"content-type", "application/json"}, {"accept", "*/*"}},
      {{"content-type", "application/json"}, {"accept", "text/html, application/json;q=0.9"}},
      {{"content-type", "application/json"}, {"authorization", "Basic YTpi"}}};
  for (const auto& headers : spellings) {
    auto request = put_subscriptions(connection.token, subscriptions_to({"b"}));
    request.headers = headers;
    EXPECT_EQ(fetch(gateway.inbound(), request).status, 204) << to_bytes(request);
    EXPECT_EQ(json_at(confirmed(connection.next()), "/0/eventType"), "b");
  }
}

TEST(LiveSubscriptions, AGarbledTokenIsA400) {
  Gateway gateway;
  const auto connection = connect(gateway, "sse", {"a"});
  for (const auto& token : {std::string("garbage"), std::string("YWJj"), connection.token + "A",
                            connection.token.substr(1), std::string(36, '!'),
                            std::string(5000, 'A'), std::string("..")}) {
    for (const auto& request : {put_subscriptions(token, "[]"), get_subscriptions(token)}) {
      const auto reply = fetch(gateway.inbound(), request);
      EXPECT_EQ(reply.status, 400) << request.method << " " << token;
      EXPECT_EQ(reply.body, "Invalid connection token.") << token;
    }
  }
}

TEST(LiveSubscriptions, ATokenOfAConnectionThatIsGoneIsA410) {
  Gateway gateway;
  for (const auto* transport : {"sse", "ws"}) {
    auto connection = std::make_optional(connect(gateway, transport, {"a"}));
    const auto token = connection->token;
    EXPECT_EQ(fetch(gateway.inbound(), get_subscriptions(token)).status, 200);
    connection.reset();
    EXPECT_TRUE(eventually([&] {
      return fetch(gateway.inbound(), get_subscriptions(token)).status == 410;
    })) << transport;
    // The place of the connection is taken again, by one with another token.
    const auto next = connect(gateway, transport, {"a"});
    const auto reply = fetch(gateway.inbound(), put_subscriptions(token, "[]"));
    EXPECT_EQ(reply.status, 410);
    EXPECT_EQ(reply.body, "Connection no longer exists.");
  }
}

TEST(LiveSubscriptions, ATokenOfAnotherNodeIsA410) {
  Gateway one;
  Gateway other;
  const auto connection = connect(one, "sse", {"a"});
  for (const auto& request :
       {put_subscriptions(connection.token, "[]"), get_subscriptions(connection.token)}) {
    const auto reply = fetch(other.inbound(), request);
    EXPECT_EQ(reply.status, 410);
    EXPECT_EQ(reply.body, "Connection no longer exists.");
  }
  EXPECT_EQ(fetch(one.inbound(), get_subscriptions(connection.token)).status, 200);
}

// Whoever changes anything in a token has a token of no connection.
TEST(LiveSubscriptions, ATokenCannotBeGuessedFromAnother) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  const auto connection = connect(gateway, "sse", {"a"});
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  HttpClient guesser(gateway.inbound());
  for (std::size_t i = 0; i < connection.token.size(); ++i) {
    for (const std::size_t step : {1U, 2U, 32U}) {
      auto guess = connection.token;
      guess[i] = digits[(digits.find(guess[i]) ^ step) % digits.size()];
      const auto status = guesser.request(put_subscriptions(guess, "[]")).status;
      ASSERT_THAT(status, ::testing::AnyOf(400, 410)) << i;
    }
  }
  std::vector<Connection> others;
  for (int i = 0; i < 8; ++i) others.push_back(connect(gateway, "sse", {"a"}));
  for (const auto& other : others) {
    std::size_t differences = 0;
    for (std::size_t i = 0; i < other.token.size(); ++i) {
      if (other.token[i] != connection.token[i]) ++differences;
    }
    EXPECT_GE(differences, 10U) << connection.token << " " << other.token;
  }
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(id_of(connection.next()), "1") << "nothing has changed";
}

// events.md 7: which of several mistakes is told.
TEST(LiveSubscriptions, TheChecksHaveTheContractsOrder) {
  Gateway gateway({{"JWT_SECRET_KEY", std::string(kTokenSecret)}});
  const auto status_of = [&](const std::string& token, HttpHeaders headers, std::string body) {
    auto request = put_subscriptions(token, "[]");
    request.headers = std::move(headers);
    request.body = std::move(body);
    return fetch(gateway.inbound(), request).status;
  };
  Gateway other;
  const auto gone = connect(other, "sse", {}).token;
  const std::string invalid_list = R"({"subscriptions":[{}]})";
  EXPECT_EQ(status_of("garbage", {{"accept", "text/html"}, {"content-type", "text/plain"}}, ""),
            406);
  EXPECT_EQ(status_of("garbage", {}, "{"), 415);
  EXPECT_EQ(status_of(gone, kJson, "{"), 400);
  EXPECT_EQ(status_of(gone, kJson, "{}"), 400);
  EXPECT_EQ(status_of(gone, kJson, invalid_list), 410);
  EXPECT_EQ(status_of(gone, json_and("authorization", "Bearer x"), invalid_list), 401);
  auto request = put_subscriptions("garbage", "[{}]");
  EXPECT_EQ(fetch(gateway.inbound(), request).body, "Invalid connection token.");
}

TEST(LiveSubscriptions, OtherPathsAndMethodsAreNotServed) {
  Gateway gateway;
  const auto connection = connect(gateway, "sse", {"a"});
  const std::string base = "/_rig/v1/connection/";
  for (const auto& path :
       {base + "sse/" + connection.token, base + "sse//subscriptions",
        base + "mqtt/" + connection.token + "/subscriptions",
        base + "sse/" + connection.token + "/subscriptions/x", base + "sse/subscriptions"}) {
    auto request = put_subscriptions(connection.token, "[]");
    request.target = path;
    EXPECT_EQ(fetch(gateway.inbound(), request).status, 404) << path;
  }
  for (const auto* method : {"POST", "DELETE", "PATCH"}) {
    auto request = put_subscriptions(connection.token, "[]");
    request.method = method;
    const auto reply = fetch(gateway.inbound(), request);
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_THAT(reply.header("allow").value_or(""), HasSubstr("PUT"));
  }
}

TEST(LiveSubscriptions, APreflightAllowsWhatAPageSends) {
  Gateway gateway;
  for (const auto* transport : kTransports) {
    const auto reply =
        fetch(gateway.inbound(), {.method = "OPTIONS",
                                  .target = subscriptions_path("any", transport),
                                  .headers = {{"origin", "https://a.example"},
                                              {"access-control-request-method", "PUT"},
                                              {"access-control-request-headers", "content-type"}}});
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
    EXPECT_THAT(reply.header("access-control-allow-methods").value_or(""), HasSubstr("PUT"));
    EXPECT_THAT(reply.header("access-control-allow-headers").value_or(""),
                ::testing::AllOf(HasSubstr("content-type"), HasSubstr("authorization")));
  }
}

TEST(LiveSubscriptions, AMessageOnAWebSocketDoesWhatAPutDoes) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  WsClient client(gateway.inbound(), {"a"});
  const std::string list = R"([{"event_type":"a","constraints":[{"name":"x"}]}])";
  ASSERT_EQ(fetch(gateway.inbound(), put_subscriptions(client.token(), list)).status, 204);
  const auto by_put = client.next_event();
  client.send_text(ws_subscriptions(list));
  const auto in_band = client.next_event();
  EXPECT_EQ(in_band.type, by_put.type);
  EXPECT_EQ(json_at(in_band.json, "/data"), json_at(by_put.json, "/data"));
  const auto got = fetch(gateway.inbound(), get_subscriptions(client.token()));
  EXPECT_EQ(json_at(got.body, "/subscriptions"), json_at(in_band.json, "/data"));
}

// A producer that publishes the types in turn, each event with the next number, until it is ended.
class Load {
 public:
  Load(const Gateway& gateway, std::vector<std::string> types)
      : producer_([this, &gateway, types = std::move(types)] {
          Publisher publisher(gateway.api());
          while (!is_over_) {
            publisher.event(types[static_cast<std::size_t>(published_) % types.size()],
                            std::to_string(published_));
            ++published_;
          }
        }) {}
  ~Load() { (void)end(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// How many events there were.
  int end() {
    is_over_ = true;
    if (producer_.joinable()) producer_.join();
    return published_;
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::atomic<int> published_ = 0;
  std::thread producer_;
};

// What a client sees while its subscriptions alternate under load: from each confirmation on only
// the types that it names, of a kept type everything once and in order.
class Observer {
 public:
  explicit Observer(std::set<std::string> types) : types_(std::move(types)) {}

  void see(const std::string& event) {
    const auto type = json_at(event, "/type").value_or("");
    if (type == "rig.subscriptions_set") {
      types_.clear();
      const auto list = json_at(event, "/data").value_or("");
      for (int i = 0; auto name = json_at(list, "/" + std::to_string(i) + "/eventType"); ++i) {
        types_.insert(*name);
      }
      ++confirmations_;
      return;
    }
    EXPECT_TRUE(types_.contains(type)) << event << " is not of the set in force";
    const int number = std::stoi(id_of(event));
    EXPECT_GT(number, last_) << "out of order, or twice";
    last_ = number;
    if (type == "kept") kept_.push_back(number);
  }

  [[nodiscard]] int confirmations() const { return confirmations_; }
  [[nodiscard]] const std::vector<int>& kept() const { return kept_; }

 private:
  std::set<std::string> types_;
  std::vector<int> kept_;
  int confirmations_ = 0;
  int last_ = -1;
};

// Every third event is of the kept type.
void expect_all_kept(const std::vector<int>& kept) {
  EXPECT_LT(kept.front(), 12) << "the producer started when the client was subscribed";
  for (std::size_t i = 1; i < kept.size(); ++i) {
    ASSERT_EQ(kept[i], kept[i - 1] + 3) << "an event of the kept type is missing";
  }
}

void alternate_under_load(const std::string& transport, bool in_band) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  constexpr int kClients = 4;  // on several shards
  constexpr int kRounds = 40;
  std::vector<Connection> connections;
  std::vector<std::shared_ptr<WsClient>> sockets;
  std::vector<Observer> observers(kClients, Observer({"kept", "old"}));
  for (int i = 0; i < kClients; ++i) {
    if (in_band) {
      sockets.push_back(std::make_shared<WsClient>(
          gateway.inbound(), std::initializer_list<std::string>{"kept", "old"}));
      const auto socket = sockets.back();
      connections.push_back(
          {"ws", socket->token(), [socket] { return socket->next_event().json; }});
    } else {
      connections.push_back(connect(gateway, transport, {"kept", "old"}));
    }
  }
  Load load(gateway, {"kept", "old", "new"});
  HttpClient control(gateway.inbound());
  for (int round = 0; round < kRounds; ++round) {
    const auto list = subscriptions_to({"kept", round % 2 == 0 ? "new" : "old"});
    for (std::size_t i = 0; i < kClients; ++i) {
      if (in_band) {
        sockets[i]->send_text(ws_subscriptions(list));
      } else {
        ASSERT_EQ(control.request(put_subscriptions(connections[i].token, list)).status, 204);
      }
    }
    for (std::size_t i = 0; i < kClients; ++i) {
      while (observers[i].confirmations() <= round) observers[i].see(connections[i].next());
    }
  }
  const int last = (load.end() + 2) / 3 * 3;
  Publisher(gateway.api()).event("kept", std::to_string(last));
  for (std::size_t i = 0; i < kClients; ++i) {
    while (observers[i].kept().empty() || observers[i].kept().back() < last) {
      observers[i].see(connections[i].next());
    }
    EXPECT_EQ(observers[i].confirmations(), kRounds);
    expect_all_kept(observers[i].kept());
  }
}

TEST(LiveSubscriptions, AKeptOneLosesAndDoublesNothingUnderLoadOnAnEventStream) {
  alternate_under_load("sse", false);
}
TEST(LiveSubscriptions, AKeptOneLosesAndDoublesNothingUnderLoadOnAWebSocket) {
  alternate_under_load("ws", false);
}
TEST(LiveSubscriptions, AKeptOneLosesAndDoublesNothingUnderLoadWhenPolled) {
  alternate_under_load("longpolling", false);
}
TEST(LiveSubscriptions, AKeptOneLosesAndDoublesNothingUnderLoadInBand) {
  alternate_under_load("ws", true);
}

TEST(LiveSubscriptions, ManyPutsAtOnceEndInOneOfTheSets) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  const auto connection = connect(gateway, "sse", {"a"});
  std::vector<HttpClient> clients;
  constexpr int kPuts = 16;
  for (int i = 0; i < kPuts; ++i) clients.emplace_back(gateway.inbound());
  for (int i = 0; i < kPuts; ++i) {
    clients[static_cast<std::size_t>(i)].socket().send(to_bytes(
        put_subscriptions(connection.token, subscriptions_to({"set" + std::to_string(i)}))));
  }
  for (auto& client : clients) EXPECT_EQ(read_reply(client.socket(), "PUT").status, 204);
  const auto got = fetch(gateway.inbound(), get_subscriptions(connection.token));
  const auto winner = json_at(got.body, "/subscriptions/0/eventType").value_or("");
  // A set that is overtaken before it is in force is not confirmed, the last one is.
  while (json_at(confirmed(connection.next()), "/0/eventType") != winner) {
  }
  Publisher publisher(gateway.api());
  for (int i = 0; i < kPuts; ++i) publisher.event("set" + std::to_string(i), "1");
  EXPECT_EQ(json_at(connection.next(), "/type"), winner);
}

}  // namespace
}  // namespace testkit
