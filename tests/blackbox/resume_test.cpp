// Clients that come back: they get what they missed, in order, once, and are told if that cannot
// be.
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace testkit {
namespace {

// With less room than one packet needs, Linux sends one every 200 ms.
constexpr int kSmallBuffer = 64 << 10;
constexpr auto kInboundEvents = "/_rig/v1/events";
const std::string kExtractors =
    R"({"a":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"}}}})";

class Resume : public ::testing::TestWithParam<Transport> {
 protected:
  std::unique_ptr<EventClient> open(const Gateway& gateway, const Opening& opening) {
    auto client = EventClient::open(GetParam(), gateway.inbound(), opening);
    client->read_greeting();
    return client;
  }
};

INSTANTIATE_TEST_SUITE_P(By, Resume, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

void publish(Publisher& publisher, const std::string& type, int from, int to) {
  for (int i = from; i < to; ++i) publisher.event(type, std::to_string(i));
}

void expect_events(EventClient& client, int from, int to) {
  for (int i = from; i < to; ++i) ASSERT_EQ(id_of(client.next_event()), std::to_string(i));
}

TEST_P(Resume, GivesWhatWasMissedAndThenWhatIsNew) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = subscriptions_to({"a"})};
  auto client = open(gateway, opening);
  int next = 0;
  for (int round = 0; round < 8; ++round) {
    publish(publisher, "a", next, next + 5);
    expect_events(*client, next, next + 3);  // the other two are lost with the connection
    client->die();
    publish(publisher, "a", next + 5, next + 10);
    opening.cursor = client->cursor();
    opening.by_header = round % 2 == 0;
    client = open(gateway, opening);
    expect_events(*client, next + 3, next + 10);
    next += 10;
  }
  EXPECT_EQ(gateway.metric("rig_gaps_total"), 0);
  EXPECT_EQ(gateway.metric("rig_replayed_events_total"), 8 * 7);
}

TEST_P(Resume, MergesTypesInTheOrderInWhichTheyWerePublished) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = subscriptions_to({"a", "b", "c"})};
  auto client = open(gateway, opening);
  publisher.event("b", "0");
  expect_events(*client, 0, 1);
  client->die();
  const char* types[] = {"a", "b", "c", "other"};
  std::minstd_rand random(7);
  for (int i = 1; i < 1000;) {
    const auto type = random() % 4;
    publisher.event(types[type], std::to_string(i));
    if (type != 3) ++i;
  }
  opening.cursor = client->cursor();
  client = open(gateway, opening);
  expect_events(*client, 1, 1000);
}

TEST_P(Resume, AppliesTheConstraints) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = R"([{"eventType":"a","oneOf":[{"name":"x"},{"name":"y"}]}])"};
  auto client = open(gateway, opening);
  publisher.event("a", "0", R"({"name":"x"})");
  expect_events(*client, 0, 1);
  client->die();
  publisher.event("a", "no", R"({"name":"z"})");
  publisher.event("a", "1", R"({"name":"y"})");
  publisher.event("a", "no");
  publisher.event("a", "2", R"({"name":"x"})");
  opening.cursor = client->cursor();
  client = open(gateway, opening);
  publisher.event("a", "no", R"({"name":"z"})");
  publisher.event("a", "3", R"({"name":"x"})");
  expect_events(*client, 1, 4);
}

// Pages of the log with nothing for the client must not hold up the ones behind them.
TEST_P(Resume, FindsTheFewEventsAmongManyOthers) {
  Gateway gateway({{"EXTRACTORS", kExtractors}, {"RIG_HEARTBEAT_INTERVAL", "1h"}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = R"([{"eventType":"a","oneOf":[{"name":"x"}]}])"};
  auto client = open(gateway, opening);
  publisher.event("a", "0", R"({"name":"x"})");
  expect_events(*client, 0, 1);
  client->die();
  for (int i = 1; i < 4; ++i) {
    for (int other = 0; other < 800; ++other) publisher.event("a", "no", R"({"name":"z"})");
    publisher.event("a", std::to_string(i), R"({"name":"x"})");
  }
  opening.cursor = client->cursor();
  client = open(gateway, opening);
  expect_events(*client, 1, 4);
}

TEST_P(Resume, GivesAReaderThatIsSlowAllOfALargeLog) {
  constexpr int kEvents = 10'000;
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_OUTBOX_BYTES_MAX", "512KiB"}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer};
  auto client = open(gateway, opening);
  publisher.event("a", "0");
  expect_events(*client, 0, 1);
  client->die();
  const auto data = "\"" + std::string(1000, 'x') + "\"";
  for (int i = 1; i <= kEvents; ++i) publisher.event("a", std::to_string(i), data);
  opening.cursor = client->cursor();
  client = open(gateway, opening);
  expect_events(*client, 1, 2000);
  publish(publisher, "a", kEvents + 1, kEvents + 100);  // while it is still behind
  expect_events(*client, 2000, kEvents + 100);
  EXPECT_EQ(gateway.metric("rig_gaps_total"), 0);
  EXPECT_EQ(gateway.metric("rig_dropped_connections_total", {{"reason", "slow"}}), 0);
}

// The log is read in portions that fit: whoever reads on is not taken for a slow client.
TEST_P(Resume, FitsIntoASmallOutbox) {
  for (const auto* policy : {"disconnect", "drop_oldest", "conflate"}) {
    Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "16KiB"}, {"RIG_SLOW_CLIENTS", policy}});
    Publisher publisher(gateway.api());
    Opening opening{.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer};
    auto client = open(gateway, opening);
    publisher.event("a", "0");
    expect_events(*client, 0, 1);
    client->die();
    const auto data = "\"" + std::string(2000, 'x') + "\"";
    for (int i = 1; i < 3000; ++i) publisher.event("a", std::to_string(i), data);
    opening.cursor = client->cursor();
    client = open(gateway, opening);
    expect_events(*client, 1, 3000);
    EXPECT_EQ(gateway.metric("rig_gaps_total"), 0);
    EXPECT_EQ(gateway.metric("rig_dropped_connections_total", {{"reason", "slow"}}), 0);
  }
}

TEST_P(Resume, AReplacementDuringTheReplayFollowsIt) {
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_OUTBOX_BYTES_MAX", "256KiB"}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer};
  auto client = open(gateway, opening);
  publisher.event("a", "0");
  expect_events(*client, 0, 1);
  client->die();
  const auto data = "\"" + std::string(2000, 'x') + "\"";
  for (int i = 1; i < 3000; ++i) publisher.event("a", std::to_string(i), data);
  opening.cursor = client->cursor();
  client = open(gateway, opening);
  const auto reply =
      fetch(gateway.inbound(),
            put_subscriptions(client->token(), subscriptions_to({"b"}), name_of(GetParam())));
  ASSERT_EQ(reply.status, 204) << reply.body;
  const auto asked =
      fetch(gateway.inbound(), get_subscriptions(client->token(), name_of(GetParam())));
  EXPECT_EQ(json_at(asked.body, "/subscriptions/0/eventType"), "b") << asked.body;
  for (int i = 1; i < 3000; ++i) {
    const auto event = client->next();
    ASSERT_EQ(event.type, "a");
    ASSERT_EQ(id_of(event), std::to_string(i));
  }
  const auto confirmation = client->next();
  EXPECT_EQ(json_at(confirmation.json, "/data/0/eventType"), "b");
  publisher.event("a", "no");
  publisher.event("b", "1");
  const auto event = client->next_event();
  EXPECT_EQ(event.type, "b");
  EXPECT_EQ(id_of(event), "1");
}

TEST_P(Resume, AGarbledCursorIsAGapOfUnknownSince) {
  Gateway gateway;
  Publisher publisher(gateway.api());
  SseClient keeps_the_type(gateway.inbound(), {"a"});
  publisher.event("a", "before");
  for (const auto* cursor : {"garbled", "0", "-", "1-2-3-4", "\xC3\xBC", "zzzzzzz-1-1 "}) {
    auto client = open(gateway, {.subscriptions = subscriptions_to({"a"}), .cursor = cursor});
    const auto gap = client->next();
    EXPECT_EQ(gap_reason(gap), "unknown") << cursor;
    EXPECT_EQ(json_at(gap.json, "/data/since"), "null");
    publisher.event("a", "after");
    EXPECT_EQ(id_of(client->next_event()), "after");
  }
}

// How the log can be too small for what a client missed, and what it still has then.
struct SmallLog {
  const char* name;
  Environment settings;
  std::string still_there;  ///< the first event that is; the last one is 19

  friend void PrintTo(const SmallLog& log, std::ostream* out) { *out << log.name; }
};

class Expired : public ::testing::TestWithParam<SmallLog> {};

INSTANTIATE_TEST_SUITE_P(
    Resume, Expired,
    ::testing::Values(SmallLog{"ByEvents", {{"RIG_REPLAY_EVENTS_MAX", "4"}}, "16"},
                      SmallLog{"ByBytes", {{"RIG_REPLAY_BYTES_MAX", "8KiB"}}, "14"},
                      SmallLog{"ByBytesOfTheType", {{"RIG_REPLAY_TYPE_BYTES_MAX", "8KiB"}}, "14"},
                      SmallLog{"ByTypes", {{"RIG_REPLAY_TYPES_MAX", "0"}}, "20"},
                      SmallLog{"WithoutALog", {{"RIG_REPLAY_EVENTS_MAX", "0"}}, "20"}),
    [](const auto& info) { return info.param.name; });

TEST_P(Expired, IsAGapSinceTheCursorAndThenWhatIsStillThere) {
  Gateway gateway(GetParam().settings);
  Publisher publisher(gateway.api());
  SseClient client(gateway.inbound(), {"a"});
  const auto data = "\"" + std::string(1000, 'x') + "\"";
  publisher.event("a", "0", data);
  const auto cursor = client.next_event().last_event_id;
  client.socket().reset();
  for (int i = 1; i < 20; ++i) publisher.event("a", std::to_string(i), data);
  for (const auto transport : kTransports) {
    auto back = EventClient::open(transport, gateway.inbound(),
                                  {.subscriptions = subscriptions_to({"a"}), .cursor = cursor});
    back->read_greeting();
    const auto gap = back->next();
    EXPECT_EQ(gap_reason(gap), "expired");
    EXPECT_THAT(json_at(gap.json, "/data/since").value_or(""),
                ::testing::MatchesRegex("20[0-9-]+T[0-9:]+Z"));
    publisher.event("b", "fence");
    const auto first = std::stoi(GetParam().still_there);
    expect_events(*back, first, 20);
  }
  EXPECT_EQ(gateway.metric("rig_gaps_total"), 3);
}

TEST(Resume, EventsThatAreTooOldAreAGap) {
  Gateway gateway({{"RIG_REPLAY_AGE_MAX", "100ms"}});
  Publisher publisher(gateway.api());
  SseClient client(gateway.inbound(), {"a"});
  publisher.event("a", "0");
  const auto cursor = client.next_event().last_event_id;
  publisher.event("a", "1");
  ASSERT_TRUE(eventually([&] {
    auto back = EventClient::open(Transport::kWs, gateway.inbound(),
                                  {.subscriptions = subscriptions_to({"a"}), .cursor = cursor});
    back->read_greeting();
    return back->next().type == "rig.gap";
  }));
}

TEST_P(Resume, OfAnotherStartIsAGapAndThenWhatTheNewOneHas) {
  std::string cursor;
  {
    Gateway gateway;
    auto client = open(gateway, {.subscriptions = subscriptions_to({"a"})});
    Publisher(gateway.api()).event("a", "0");
    expect_events(*client, 0, 1);
    cursor = client->cursor();
  }
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<Publisher> publishers;
  for (int i = 0; i < 4; ++i) publishers.emplace_back(gateway.api());
  for (int i = 0; i < 8; ++i) publishers[0].event("a", std::to_string(i));
  // The first to come back wakes the type for all others.
  for (int i = 0; i < 4; ++i) {
    auto client = open(gateway, {.subscriptions = subscriptions_to({"a"}), .cursor = cursor});
    const auto gap = client->next();
    EXPECT_EQ(gap_reason(gap), "restarted");
    EXPECT_THAT(json_at(gap.json, "/data/since").value_or(""), ::testing::StartsWith("20"));
    expect_events(*client, 0, 8);
  }
  auto client = open(gateway, {.subscriptions = subscriptions_to({"a"}), .cursor = cursor});
  EXPECT_EQ(gap_reason(client->next()), "restarted");
  expect_events(*client, 0, 8);
  const auto here = client->cursor();
  client->die();
  publish(publishers[1], "a", 8, 10);
  client = open(gateway, {.subscriptions = subscriptions_to({"a"}), .cursor = here});
  expect_events(*client, 8, 10);
}

// From the confirmation on nothing is missed, and nothing from before it comes either.
TEST(Resume, BeforeTheFirstEventStartsAtTheConfirmation) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  Publisher publisher(gateway.api());
  std::vector<std::unique_ptr<EventClient>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(EventClient::open(Transport::kSse, gateway.inbound(),
                                       {.subscriptions = subscriptions_to({"a"})}));
    others.back()->read_greeting();
  }
  publisher.event("a", "before");
  // Accepted is not yet handed to every shard.
  for (const auto& other : others) ASSERT_EQ(id_of(other->next_event()), "before");
  for (int i = 0; i < 40; ++i) {
    const auto transport = i % 2 == 0 ? Transport::kSse : Transport::kWs;
    Opening opening{.subscriptions = subscriptions_to({"a"})};
    auto client = EventClient::open(transport, gateway.inbound(), opening);
    client->read_greeting();
    client->die();
    publisher.event("a", std::to_string(i));
    opening.cursor = client->cursor();
    ASSERT_NE(opening.cursor, "");
    client = EventClient::open(transport, gateway.inbound(), opening);
    ASSERT_EQ(id_of(client->next_event()), std::to_string(i)) << i;
  }
}

// Not even what the node kept for those who know it from before its start.
TEST(Resume, OfANewClientNeverGivesWhatCameBeforeIt) {
  for (const auto* shards : {"1", "4"}) {
    Gateway gateway({{"RIG_SHARDS", shards}});
    std::vector<Publisher> publishers;
    for (int i = 0; i < 8; ++i) publishers.emplace_back(gateway.api());
    for (int i = 0; i < 20; ++i) {
      const auto type = "type" + std::to_string(i);
      for (auto& publisher : publishers) publisher.event(type, "before");
      auto client = EventClient::open(Transport::kSse, gateway.inbound(),
                                      {.subscriptions = subscriptions_to({type})});
      client->read_greeting();
      client->die();
      publishers[0].event(type, "after");
      client = EventClient::open(
          Transport::kSse, gateway.inbound(),
          {.subscriptions = subscriptions_to({type}), .cursor = client->cursor()});
      ASSERT_EQ(id_of(client->next_event()), "after") << i;
    }
  }
}

// The same when another type was replaced by it.
TEST(Resume, AfterAReplacementStartsAtItsConfirmation) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  Publisher publisher(gateway.api());
  SseClient other(gateway.inbound(), {"b"});
  for (int i = 0; i < 40; ++i) {
    auto client = EventClient::open(Transport::kSse, gateway.inbound(),
                                    {.subscriptions = subscriptions_to({"a"})});
    const auto token = json_at(client->next().json, "/data/connection_token").value_or("");
    ASSERT_EQ(client->next().type, "rig.subscriptions_set");
    publisher.event("b", "before");
    ASSERT_EQ(
        fetch(gateway.inbound(), put_subscriptions(token, subscriptions_to({"b"}), "sse")).status,
        204);
    ASSERT_EQ(client->next().type, "rig.subscriptions_set");
    client->die();
    publisher.event("b", std::to_string(i));
    client =
        EventClient::open(Transport::kSse, gateway.inbound(),
                          {.subscriptions = subscriptions_to({"b"}), .cursor = client->cursor()});
    auto event = client->next_event();
    // It may have been on its way between the shards still, as for a client that stayed.
    if (id_of(event) == "before") event = client->next_event();
    ASSERT_EQ(id_of(event), std::to_string(i)) << i;
  }
}

TEST(Resume, TheReplacementAfterAReplayHasACursorToo) {
  Gateway gateway({{"RIG_SHARDS", "1"}});  // where the type is wanted already
  Publisher publisher(gateway.api());
  SseClient other(gateway.inbound(), {"b"});
  auto client =
      EventClient::open(Transport::kSse, gateway.inbound(),
                        {.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer});
  client->read_greeting();
  const auto cursor = client->cursor();
  client->die();
  const auto data = "\"" + std::string(10'000, 'x') + "\"";
  for (int i = 0; i < 600; ++i) publisher.event("a", std::to_string(i), data);
  client = EventClient::open(
      Transport::kSse, gateway.inbound(),
      {.subscriptions = subscriptions_to({"a"}), .cursor = cursor, .receive_buffer = kSmallBuffer});
  client->read_greeting();
  ASSERT_EQ(
      fetch(gateway.inbound(), put_subscriptions(client->token(), subscriptions_to({"b"}), "sse"))
          .status,
      204);
  publisher.event("b", "before");
  expect_events(*client, 0, 600);
  EXPECT_NE(client->next().cursor, "");
  client->die();
  publisher.event("b", "after");
  client =
      EventClient::open(Transport::kSse, gateway.inbound(),
                        {.subscriptions = subscriptions_to({"b"}), .cursor = client->cursor()});
  EXPECT_EQ(id_of(client->next_event()), "after");
}

TEST(Resume, CursorsInEventsAreOnlyForThoseWhoAsk) {
  Gateway gateway;
  WsClient ws(gateway.inbound(), {"a"});
  LongPollClient polls(gateway.inbound(), {"a"});
  const auto event = event_json("a", "1");
  Publisher(gateway.api()).structured(event);
  EXPECT_EQ(ws.next_event().json, event);
  EXPECT_TRUE(same_json(polls.next_event(), event));
  for (const auto* value : {"false", "", "1", "TRUE"}) {
    auto request = ws_request(subscriptions_to({"a"}));
    request.target += std::string("&rigcursor=") + value;
    WsClient client(gateway.inbound(), request);
    client.read_greeting();
    Publisher(gateway.api()).structured(event);
    EXPECT_EQ(client.next_event().json, event) << value;
  }
}

TEST(Resume, TheAttributeIsAllThatIsAdded) {
  Gateway gateway;
  for (const auto transport : {Transport::kWs, Transport::kLongPolling}) {
    auto client =
        EventClient::open(transport, gateway.inbound(), {.subscriptions = subscriptions_to({"a"})});
    client->read_greeting();
    const auto event = event_json("a", "1", R"({"x":[1,{"}":2}]})");
    Publisher(gateway.api()).structured(event);
    const auto received = client->next_event();
    ASSERT_NE(received.cursor, "");
    const auto expected =
        event.substr(0, event.size() - 1) + R"(,"rigcursor":")" + received.cursor + R"("})";
    EXPECT_TRUE(same_json(received.json, expected)) << received.json;
  }
}

TEST(Resume, TheMemoryOfTheLogIsBounded) {
  constexpr double kBytesMax = 256 << 10;
  Gateway gateway({{"RIG_REPLAY_BYTES_MAX", "256KiB"}});
  Publisher publisher(gateway.api());
  SseClient client(gateway.inbound(), {"a", "b"});
  double most = 0;
  for (int i = 0; i < 1000; ++i) {
    publisher.event(i % 3 == 0 ? "a" : "b", std::to_string(i),
                    "\"" + std::string(2000, 'x') + "\"");
    ASSERT_EQ(json_at(client.next_event().data, "/id"), std::to_string(i));
    if (i % 20 == 0) most = std::max(most, gateway.metric("rig_log_bytes"));
  }
  EXPECT_GT(most, kBytesMax / 2);
  EXPECT_LE(most, kBytesMax);
  EXPECT_GT(gateway.metric("rig_log_events"), 50);
  EXPECT_LT(gateway.metric("rig_log_events"), 128);
}

TEST(Resume, ClientsAreToldToComeBackAtDifferentTimes) {
  Gateway gateway({{"RIG_RETRY", "2s"}});
  std::set<std::uint64_t> pauses;
  for (int i = 0; i < 20; ++i) {
    SseClient client(gateway.inbound(), sse_request({}));
    client.read_greeting();
    EXPECT_EQ(client.retry_count(), 1U);
    ASSERT_TRUE(client.retry().has_value());
    EXPECT_GE(*client.retry(), 2000U);
    EXPECT_LE(*client.retry(), 3000U);
    pauses.insert(*client.retry());
  }
  EXPECT_GT(pauses.size(), 10U);
}

// Publishers at both doors, each with numbers of its own, as long as this lives.
class Load {
 public:
  static constexpr int kPublishers = 4;

  explicit Load(const Gateway& gateway) {
    for (int i = 0; i < kPublishers; ++i) {
      threads_.emplace_back([this, &gateway, i] {
        try {
          auto publisher =
              i % 2 == 0 ? Publisher(gateway.api()) : Publisher(gateway.inbound(), kInboundEvents);
          for (int n = 0; !done_; ++n) {
            // Not more than the readers can take.
            (void)eventually([&] { return done_ || slowest_ + kAhead > n; });
            publisher.event(n % 3 == 0 ? "a" : "b", std::to_string(i) + ":" + std::to_string(n));
          }
        } catch (const std::exception& problem) {
          ADD_FAILURE() << problem.what();
        }
      });
    }
  }
  ~Load() {
    done_ = true;
    for (auto& thread : threads_) thread.join();
  }
  void readers_have(int n) { slowest_ = n; }

 private:
  static constexpr int kAhead = 2000;
  std::atomic<bool> done_{false};
  std::atomic<int> slowest_{0};
  std::vector<std::thread> threads_;
};

// What a client has got of each publisher: numbers that rise by one.
class Numbers {
 public:
  // The first event may have any number.
  void take(const Received& event) {
    const auto id = id_of(event);
    const auto colon = id.find(':');
    auto& next = next_[std::stoul(id.substr(0, colon))];
    const auto n = std::stoi(id.substr(colon + 1));
    if (next >= 0 && n != next)
      throw Failure("lost or doubled: " + std::to_string(next) + " " + id);
    next = n + 1;
  }
  [[nodiscard]] int least() const { return *std::ranges::min_element(next_); }

 private:
  std::vector<int> next_ = std::vector<int>(Load::kPublishers, -1);
};

TEST_P(Resume, LosesAndDoublesNothingInManyReconnectsUnderLoad) {
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_LONGPOLLING_IDLE_TIMEOUT", "1s"}});
  Load load(gateway);
  std::minstd_rand random(11);
  Numbers numbers;
  Opening opening{.subscriptions = subscriptions_to({"a", "b"})};
  for (int round = 0; round < 60; ++round) {
    auto client = open(gateway, opening);
    for (auto events = random() % 200; events > 0; --events) numbers.take(client->next_event());
    client->die();
    if (!client->cursor().empty()) opening.cursor = client->cursor();
    opening.by_header = random() % 2 == 0;
    load.readers_have(numbers.least());
  }
  EXPECT_EQ(gateway.metric("rig_gaps_total"), 0);
  EXPECT_GT(gateway.metric("rig_replayed_events_total"), 0);
}

}  // namespace
}  // namespace testkit
