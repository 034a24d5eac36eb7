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
using ::testing::StartsWith;

// Longer than any test waits: an answer must have another reason.
const std::pair<const std::string, std::string> kForEver{"RIG_LONGPOLLING_WAIT", "1h"};
const std::pair<const std::string, std::string> kNotAtAll{"RIG_LONGPOLLING_WAIT", "0s"};

double sessions(const Gateway& gateway) {
  return gateway.metric("rig_connections", {{"transport", "longpolling"}});
}

std::string id_of(const std::string& event) { return json_at(event, "/id").value_or("(absent)"); }

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

// A poll waits when its request is counted; each look at the metrics is a request too.
void await_requests(const Gateway& gateway, int count) {
  int looks = 0;
  ASSERT_TRUE(
      eventually([&] { return gateway.metric("rig_http_requests_total") - ++looks >= count; }));
}

// Beyond what the session holds, and beyond the first RIG's 200.
void expect_nothing_lost(const char* events_max) {
  Gateway gateway({{"RIG_LONGPOLLING_EVENTS_MAX", events_max}});
  LongPollClient client(gateway.inbound());
  client.create(long_poll_request(subscriptions_to({"a"})));
  ASSERT_TRUE(eventually([&] { return gateway.metric("rig_subscriptions_total") == 1; }));
  Publisher publisher(gateway.api());
  constexpr int kEvents = 1200;
  for (int i = 0; i < kEvents / 2; ++i) publisher.event("a", std::to_string(i));
  client.read_greeting();  // also if nobody polled before
  for (int i = 0; i < kEvents; ++i) {
    ASSERT_EQ(id_of(client.next_event()), std::to_string(i));
    if (i < kEvents / 2) publisher.event("a", std::to_string(kEvents / 2 + i));
  }
  publisher.event("a", "last");
  EXPECT_EQ(id_of(client.next_event()), "last");
}

TEST(LongPolling, MoreEventsThanASessionHoldsAreReadFromTheLog) { expect_nothing_lost("20"); }
TEST(LongPolling, ASessionThatHoldsOneEventLosesNone) { expect_nothing_lost("1"); }
TEST(LongPolling, ASessionThatHoldsAllEventsLosesNone) { expect_nothing_lost("1000"); }

TEST(LongPolling, WhatTheLogHasNoLongerIsAGap) {
  Gateway gateway({{"RIG_LONGPOLLING_EVENTS_MAX", "5"}, {"RIG_REPLAY_EVENTS_MAX", "10"}});
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (int i = 0; i < 100; ++i) publisher.event("a", std::to_string(i));
  std::vector<std::string> got;
  int gaps = 0;
  while (got.empty() || got.back() != "99") {
    const auto event = client.next_event();
    if (json_at(event, "/type") == "rig.gap") {
      ++gaps;
      EXPECT_EQ(json_at(event, "/data/reason"), "expired");
      EXPECT_THAT(json_at(event, "/data/since").value_or(""), StartsWith("20"));
      EXPECT_THAT(got, ::testing::SizeIs(::testing::Ge(3U)));
      got.clear();
    } else {
      got.push_back(id_of(event));
    }
  }
  EXPECT_EQ(gaps, 1);
  EXPECT_THAT(got, ElementsAre("90", "91", "92", "93", "94", "95", "96", "97", "98", "99"));
}

TEST(LongPolling, ASessionThatNobodyPollsHoldsNoMoreThanItsLimit) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "256KiB"}, {"RIG_REPLAY_BYTES_MAX", "1MiB"}});
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  const auto data = in_quotes(std::string(200'000, 'x'));
  for (int i = 0; i < 20; ++i) publisher.event("a", std::to_string(i), data);
  const auto before = gateway.resident_memory();
  for (int i = 0; i < 200; ++i) publisher.event("a", std::to_string(i), data);
  for (int i = 0; i < 200; ++i) {
    const auto put = put_subscriptions(client.token(), subscriptions_to({"a"}));
    ASSERT_EQ(fetch(gateway.inbound(), put).status, 204);
  }
  EXPECT_LT(gateway.resident_memory(), before + (8U << 20U) + kMemoryKeptBack);
}

TEST(LongPolling, ASessionThatEndedIsToldAsAGap) {
  Gateway gateway({{"RIG_LONGPOLLING_IDLE_TIMEOUT", "1s"}});
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(id_of(client.next_event()), "1");
  const auto old_token = client.cookies().value("connection_token");
  ASSERT_TRUE(eventually([&] { return sessions(gateway) == 0; }));
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_subscriptions_total") == 0; }));
  const auto reply = client.request(long_poll_request());
  EXPECT_EQ(reply.body, "\"ok\"");
  EXPECT_NE(client.cookies().value("connection_token"), old_token);
  std::vector<std::string> events;
  while (events.size() < 3) events.push_back(client.next_event());
  EXPECT_EQ(json_at(events[0], "/type"), "rig.connection.create");
  std::string gap;
  std::string set;
  for (const auto& event : {events[1], events[2]}) {
    (json_at(event, "/type") == "rig.gap" ? gap : set) = event;
  }
  EXPECT_EQ(json_at(gap, "/data/reason"), "expired") << gap;
  EXPECT_THAT(json_at(gap, "/data/since").value_or(""), StartsWith("20"));
  EXPECT_EQ(json_at(set, "/data"), "[]") << set;
}

TEST(LongPolling, APollKeepsItsSessionAlive) {
  Gateway gateway({{"RIG_LONGPOLLING_IDLE_TIMEOUT", "3s"}, {"RIG_LONGPOLLING_WAIT", "1s"}});
  LongPollClient client(gateway.inbound(), {"a"});
  const auto token = client.cookies().value("connection_token");
  for (int i = 0; i < 5; ++i) EXPECT_THAT(client.poll().events, ::testing::IsEmpty());
  EXPECT_EQ(client.cookies().value("connection_token"), token);
}

TEST(LongPolling, ResumesByItsCookieIfTheRequestNamesSubscriptions) {
  Gateway gateway({{"RIG_LONGPOLLING_IDLE_TIMEOUT", "1s"}});
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  publisher.event("a", "1");
  EXPECT_EQ(id_of(client.next_event()), "1");
  ASSERT_TRUE(eventually([&] { return sessions(gateway) == 0; }));
  for (const auto* id : {"2", "3", "4"}) publisher.event("a", id);
  client.create(long_poll_request(subscriptions_to({"a"})));
  client.read_greeting();
  for (const auto* id : {"2", "3", "4"}) EXPECT_EQ(id_of(client.next_event()), id);
  publisher.event("a", "5");
  EXPECT_EQ(id_of(client.next_event()), "5");
}

TEST(LongPolling, ResumesWithoutAnEventWhereItSubscribed) {
  Gateway gateway({{"RIG_SHARDS", "1"}, {"RIG_LONGPOLLING_IDLE_TIMEOUT", "1s"}});
  SseClient other(gateway.inbound(), {"a"});  // so that the log has events from before
  Publisher publisher(gateway.api());
  publisher.event("a", "before");
  LongPollClient client(gateway.inbound(), {"a"});
  ASSERT_TRUE(eventually([&] { return sessions(gateway) == 0; }));
  publisher.event("a", "meanwhile");
  client.create(long_poll_request(subscriptions_to({"a"})));
  client.read_greeting();
  EXPECT_EQ(id_of(client.next_event()), "meanwhile");
}

TEST(LongPolling, ResumesByTheQueryWhereAnotherTransportWas) {
  Gateway gateway;
  Publisher publisher(gateway.api());
  std::string cursor;
  {
    SseClient stream(gateway.inbound(), {"a"});
    publisher.event("a", "1");
    (void)stream.next_event();
    cursor = stream.last_event_id();
  }
  publisher.event("a", "2");
  LongPollClient client(gateway.inbound());
  client.create(resuming_by_query(long_poll_request(subscriptions_to({"a"})), cursor));
  client.read_greeting();
  EXPECT_EQ(id_of(client.next_event()), "2");
}

TEST(LongPolling, CursorsInEventsAreForThoseWhoAsk) {
  Gateway gateway;
  for (const bool asks : {false, true}) {
    LongPollClient client(gateway.inbound());
    auto request = long_poll_request(subscriptions_to({"a"}));
    if (asks) request.target += "&rigcursor=true";
    client.create(request);
    client.read_greeting();
    Publisher(gateway.api()).event("a", "1");
    const auto poll = client.poll();
    ASSERT_THAT(poll.events, ::testing::SizeIs(1));
    EXPECT_EQ(json_at(poll.events[0], "/rigcursor").has_value(), asks);
    if (asks) {
      EXPECT_THAT(poll.last_event_id,
                  StartsWith(json_at(poll.events[0], "/rigcursor").value_or("(absent)")));
    }
  }
}

TEST(LongPolling, GarbledCookiesAreNewSessionsAndNoServerErrors) {
  Gateway gateway({kNotAtAll});
  LongPollClient real(gateway.inbound(), {"a"});
  const auto token = real.cookies().value("connection_token").value_or("");
  auto other = token;
  other[10] = other[10] == 'A' ? 'B' : 'A';
  for (const auto& line :
       {std::string("connection_token=garbage"), std::string("connection_token="),
        std::string("connection_token=YWJj; last_event_id=\"1\""), "connection_token=" + other,
        std::string("connection_token=") + std::string(36, 'A'), std::string("last_event_id=\"x\""),
        std::string("last_event_id"), std::string(";;;=;\"=\""), std::string(5000, 'x'),
        "connection_token=\"" + token.substr(1) + "\"", std::string("connection_token=\xFF\xFE")}) {
    auto request = long_poll_request();
    request.headers.emplace_back("cookie", line);
    const auto reply = fetch(gateway.inbound(), request);
    EXPECT_EQ(reply.status, 200) << line;
    EXPECT_EQ(reply.body, "\"ok\"") << line;
  }
}

TEST(LongPolling, AGarbledPlaceOfARealSessionIsItsBeginning) {
  Gateway gateway({kNotAtAll});
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher(gateway.api()).event("a", "1");
  while (client.poll().types().back() != "a") {
  }  // accepted is not delivered
  for (const auto* place : {"x", "\"x", "a\"b", "~", "~~", "x~99999999999999999999", "x~-1",
                            "\"0-0-0~18446744073709551615\"", "first_event", ""}) {
    client.cookies().set("last_event_id", place);
    EXPECT_THAT(client.poll().types(),
                ElementsAre("rig.connection.create", "rig.subscriptions_set", "a"))
        << place;
  }
  client.cookies().forget("last_event_id");
  EXPECT_EQ(client.poll().events.size(), 3U);
}

TEST(LongPolling, ACursorCannotForgeAHeader) {
  Gateway gateway;
  LongPollClient client(gateway.inbound());
  client.create({.target = std::string(kLongPollPath) +
                           "?subscriptions=" + percent_encode(subscriptions_to({"a"})) +
                           "&last_event_id=" + percent_encode("x\r\nx-forged: 1\r\n\"; a=b")});
  std::vector<std::string> events;
  while (events.size() < 3) {
    auto poll = client.poll();
    EXPECT_EQ(poll.reply.header("x-forged"), std::nullopt);
    ASSERT_FALSE(poll.events.empty());
    std::ranges::move(poll.events, std::back_inserter(events));
  }
  EXPECT_EQ(json_at(events.back(), "/type"), "rig.gap");
  EXPECT_EQ(json_at(events.back(), "/data/reason"), "unknown");
  EXPECT_THAT(client.cookies().value("last_event_id").value_or(""),
              ::testing::MatchesRegex("\"[a-z0-9-]+~[0-9]+\""));
}

TEST(LongPolling, APutWhileTheSessionIsFullIsConfirmedOnceAndLosesNothingThatIsKept) {
  Gateway gateway({{"RIG_LONGPOLLING_EVENTS_MAX", "4"}});
  LongPollClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (int i = 0; i < 10; ++i) publisher.event("a", std::to_string(i));
  const auto put = put_subscriptions(client.token(), subscriptions_to({"a", "b"}));
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  for (int i = 10; i < 20; ++i) publisher.event("a", std::to_string(i));
  const auto asked = fetch(gateway.inbound(), get_subscriptions(client.token()));
  EXPECT_EQ(json_at(asked.body, "/subscriptions/1/eventType"), "b") << asked.body;
  int confirmations = 0;
  for (int next = 0; next < 20 || confirmations == 0;) {
    const auto event = client.next_event();
    if (json_at(event, "/type") == "rig.subscriptions_set") {
      ++confirmations;
    } else {
      ASSERT_EQ(id_of(event), std::to_string(next++)) << event;
    }
  }
  EXPECT_EQ(confirmations, 1);
  publisher.event("b", "20");
  EXPECT_EQ(id_of(client.next_event()), "20");
}

TEST(LongPolling, APollThatWaitsIsAnsweredWhenTheGatewayStops) {
  Gateway gateway({kForEver});
  LongPollClient client(gateway.inbound(), {"a"});
  const auto place = client.cookies().value("last_event_id");
  client.send_poll();
  await_requests(gateway, 3);
  gateway.process().signal(SIGTERM);
  const auto poll = client.read_poll();
  EXPECT_THAT(poll.events, ::testing::IsEmpty());
  EXPECT_EQ(in_quotes(poll.last_event_id), place);
  gateway.expect_exit(0);
}

TEST(LongPolling, AClientOfAGatewayThatStartedAnewIsTold) {
  std::optional<LongPollClient> client;
  CookieJar jar;
  {
    Gateway gateway;
    client.emplace(gateway.inbound(), std::initializer_list<std::string>{"a"});
    Publisher(gateway.api()).event("a", "1");
    EXPECT_EQ(id_of(client->next_event()), "1");
    jar = client->cookies();
  }
  Gateway gateway;
  for (const bool names_subscriptions : {false, true}) {
    client.emplace(gateway.inbound());
    client->cookies() = jar;
    client->create(long_poll_request(names_subscriptions ? subscriptions_to({"a"}) : ""));
    std::string reason;
    for (int i = 0; i < 3; ++i) {
      const auto event = client->next_event();
      if (json_at(event, "/type") == "rig.gap")
        reason = json_at(event, "/data/reason").value_or("");
    }
    EXPECT_EQ(reason, "restarted");
  }
}

}  // namespace
}  // namespace testkit
