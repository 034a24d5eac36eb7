// Clients that read more slowly than their events come, under each of the policies of
// RIG_SLOW_CLIENTS.
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace testkit {
namespace {

// With less room than one packet needs, Linux sends one every 200 ms.
constexpr int kSmallBuffer = 64 << 10;

// Events of 10 kB: some hundred fill what the kernel holds for a client that reads nothing.
const std::string kData = "\"" + std::string(10'000, 'x') + "\"";

double slow(const Gateway& gateway) {
  return gateway.metric("rig_dropped_connections_total", {{"reason", "slow"}});
}
double connections(const Gateway& gateway) {
  return gateway.metric("rig_connections", {{"transport", "sse"}}) +
         gateway.metric("rig_connections", {{"transport", "ws"}});
}

// An event with a subject, for which the newest counts.
std::string event_about(const std::string& type, const std::string& subject, int number) {
  auto json = event_json(type, std::to_string(number), kData);
  json.pop_back();
  return json + R"(,"subject":")" + subject + "\"}";
}

struct Holes {
  int missing = 0;
  std::string cursor;  ///< before the last one
};

// Reads events up to the number `end`: where some are missing, a gap must tell so, just there.
Holes read_with_holes(EventClient& client, int end) {
  Holes holes;
  bool is_told = false;
  for (int next = 0; next < end;) {
    const auto before = client.cursor();
    const auto received = client.next();
    if (received.type == "rig.gap") {
      EXPECT_EQ(gap_reason(received), "overflow");
      EXPECT_THAT(json_at(received.json, "/data/since").value_or(""), ::testing::StartsWith("20"));
      is_told = true;
      continue;
    }
    const int number = std::stoi(id_of(received));
    if (number < next) throw Failure("out of order: " + std::to_string(number));
    if (number > next) {
      if (!is_told) throw Failure(std::to_string(next) + " is missing without a word");
      holes.missing += number - next;
      holes.cursor = before;
    }
    is_told = false;
    next = number + 1;
  }
  return holes;
}

class SlowClients : public ::testing::TestWithParam<Transport> {
 protected:
  std::unique_ptr<EventClient> open(const Gateway& gateway, const Opening& opening) {
    auto client = EventClient::open(GetParam(), gateway.inbound(), opening);
    client->read_greeting();
    return client;
  }
};

INSTANTIATE_TEST_SUITE_P(By, SlowClients, ::testing::Values(Transport::kSse, Transport::kWs),
                         [](const auto& info) { return std::string(name_of(info.param)); });

// Quirk Q22: the queue of a slow client has an end.
TEST_P(SlowClients, AreDisconnectedCountedLoggedOnceAndResumeWithoutLoss) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64KiB"}, {"LOG_LEVEL", "info"}});
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer};
  auto client = open(gateway, opening);
  int published = 0;
  while (slow(gateway) < 1) {
    ASSERT_LT(published, 5000);
    for (int i = 0; i < 20; ++i) publisher.event("a", std::to_string(published++), kData);
  }
  EXPECT_EQ(slow(gateway), 1);
  ASSERT_TRUE(eventually([&] { return connections(gateway) == 0; }));
  // Lines are written when there is time.
  const auto lines = [&] {
    return log_lines(gateway.process().standard_output(),
                     "a client reads too slowly and is disconnected")
        .size();
  };
  ASSERT_TRUE(eventually([&] { return lines() > 0; }));
  EXPECT_EQ(lines(), 1U);
  int next = 0;
  EXPECT_THROW(
      while (true) {
        const auto event = client->next_event();
        if (id_of(event) != std::to_string(next)) throw std::logic_error("not in order");
        ++next;
      },
      Closed);
  EXPECT_LT(next, published);
  opening.cursor = client->cursor();
  opening.receive_buffer = 0;
  client = open(gateway, opening);
  publisher.event("a", std::to_string(published++));
  for (; next < published; ++next) ASSERT_EQ(id_of(client->next_event()), std::to_string(next));
  EXPECT_EQ(gateway.metric("rig_gaps_total"), 0);
}

TEST_P(SlowClients, MayHaveTheOldestEventsDroppedAndAreToldWhere) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "256KiB"}, {"RIG_SLOW_CLIENTS", "drop_oldest"}});
  const auto dropped = [&] {
    return gateway.metric("rig_dropped_events_total", {{"reason", "slow_client"}});
  };
  Publisher publisher(gateway.api());
  Opening opening{.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer};
  auto client = open(gateway, opening);
  int published = 0;
  while (dropped() < 200) {
    ASSERT_LT(published, 5000);
    for (int i = 0; i < 20; ++i) publisher.event("a", std::to_string(published++), kData);
  }
  publisher.event("a", std::to_string(published++));
  EXPECT_EQ(slow(gateway), 0);
  EXPECT_EQ(connections(gateway), 1);

  const auto holes = read_with_holes(*client, published);
  EXPECT_EQ(holes.missing, dropped());
  EXPECT_GE(gateway.metric("rig_gaps_total"), 1);

  // The log still has them.
  client->die();
  opening.cursor = holes.cursor;
  opening.receive_buffer = 0;
  client = open(gateway, opening);
  int last = std::stoi(id_of(client->next_event()));
  while (last + 1 < published) ASSERT_EQ(id_of(client->next_event()), std::to_string(++last));
}

TEST_P(SlowClients, MayGetOnlyTheNewestOfEachTypeAndSubject) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "256KiB"}, {"RIG_SLOW_CLIENTS", "conflate"}});
  const auto conflated = [&] {
    return gateway.metric("rig_dropped_events_total", {{"reason", "conflated"}});
  };
  Publisher publisher(gateway.api());
  auto client = open(
      gateway, {.subscriptions = subscriptions_to({"a", "b"}), .receive_buffer = kSmallBuffer});
  std::map<std::string, int> newest;
  int published = 0;
  while (conflated() < 200) {
    ASSERT_LT(published, 5000);
    for (int i = 0; i < 20; ++i, ++published) {
      const std::string type = published % 2 == 0 ? "a" : "b";
      const auto subject = std::to_string(published % 6);
      publisher.structured(event_about(type, subject, published));
      newest[type + subject] = published;
    }
  }
  publisher.event("b", "last");
  EXPECT_EQ(slow(gateway), 0);
  std::map<std::string, int> got;
  int received = 0;
  for (int last = -1;; ++received) {
    const auto event = client->next_event();
    if (id_of(event) == "last") break;
    const int number = std::stoi(id_of(event));
    ASSERT_GT(number, last) << "what is newest is still in order";
    last = number;
    got[event.type + json_at(event.json, "/subject").value_or("")] = number;
  }
  EXPECT_EQ(got, newest);
  EXPECT_EQ(received, published - static_cast<int>(conflated()));
}

TEST_P(SlowClients, WhoHasMoreDifferentEventsThanMayWaitIsDisconnectedInsteadOfConflated) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64KiB"}, {"RIG_SLOW_CLIENTS", "conflate"}});
  Publisher publisher(gateway.api());
  auto client =
      open(gateway, {.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer});
  for (int published = 0; slow(gateway) < 1; ++published) {
    ASSERT_LT(published, 5000);
    publisher.structured(event_about("a", std::to_string(published), published));
  }
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 0; }));
}

// Time decides too: what waits for longer than the setting says.
TEST_P(SlowClients, AreDisconnectedWhenEventsWaitTooLong) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64MiB"}, {"RIG_OUTBOX_AGE_MAX", "1s"}});
  Publisher publisher(gateway.api());
  auto stuck =
      open(gateway, {.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer});
  auto reads = open(gateway, {.subscriptions = subscriptions_to({"a"})});
  for (int i = 0; i < 600; ++i) {
    publisher.event("a", std::to_string(i), kData);
    ASSERT_EQ(id_of(reads->next_event()), std::to_string(i));
  }
  EXPECT_TRUE(eventually([&] { return slow(gateway) == 1; }));
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 1; }));
}

TEST_P(SlowClients, LoseEventsThatWaitTooLongIfTheyStay) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64MiB"},
                   {"RIG_OUTBOX_AGE_MAX", "1s"},
                   {"RIG_SLOW_CLIENTS", "drop_oldest"}});
  const auto dropped = [&] {
    return gateway.metric("rig_dropped_events_total", {{"reason", "slow_client"}});
  };
  Publisher publisher(gateway.api());
  auto client =
      open(gateway, {.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer});
  for (int i = 0; i < 600; ++i) publisher.event("a", std::to_string(i), kData);
  ASSERT_TRUE(eventually([&] { return dropped() > 0; }));
  publisher.event("a", "600");
  EXPECT_EQ(read_with_holes(*client, 601).missing, dropped());
  EXPECT_EQ(slow(gateway), 0);
}

class Policies : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(SlowClients, Policies,
                         ::testing::Values("disconnect", "drop_oldest", "conflate"),
                         [](const auto& info) { return std::string(info.param); });

// Hundreds that read nothing: whoever reads gets everything, and memory stays where it was.
TEST_P(Policies, HundredsThatReadNothingDisturbNobody) {
  constexpr std::size_t kStuck = 400;
  constexpr std::size_t kOutbox = 64U << 10U;
  Gateway gateway({{"RIG_SHARDS", "4"},
                   {"RIG_OUTBOX_BYTES_MAX", std::to_string(kOutbox)},
                   {"RIG_REPLAY_BYTES_MAX", "4MiB"},
                   {"RIG_SLOW_CLIENTS", GetParam()}});
  std::vector<std::unique_ptr<EventClient>> stuck;
  for (std::size_t i = 0; i < kStuck; ++i) {
    stuck.push_back(EventClient::open(
        i % 2 == 0 ? Transport::kSse : Transport::kWs, gateway.inbound(),
        {.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer}));
    stuck.back()->read_greeting();
  }
  std::vector<std::unique_ptr<EventClient>> reading;
  for (const auto transport : kTransports) {
    for (int i = 0; i < 2; ++i) {
      reading.push_back(EventClient::open(transport, gateway.inbound(),
                                          {.subscriptions = subscriptions_to({"a"})}));
      reading.back()->read_greeting();
    }
  }
  const auto before = gateway.resident_memory();
  // Large ones, so that the kernel's buffers are soon full.
  const auto data = "\"" + std::string(60'000, 'x') + "\"";
  constexpr int kEvents = 150;
  Publisher publisher(gateway.api());
  for (int i = 0; i < kEvents; ++i) {
    publisher.event("a", std::to_string(i), data);
    for (const auto& client : reading) ASSERT_EQ(id_of(client->next_event()), std::to_string(i));
  }
  if (std::string_view(GetParam()) != "drop_oldest") EXPECT_EQ(gateway.metric("rig_gaps_total"), 0);
  const auto affected = slow(gateway) +
                        gateway.metric("rig_dropped_events_total", {{"reason", "slow_client"}}) +
                        gateway.metric("rig_dropped_events_total", {{"reason", "conflated"}});
  EXPECT_GE(affected, kStuck) << "they were not stuck";
  // The text of an event is held once: the outboxes share it with the log.
  EXPECT_LT(gateway.resident_memory(), before + (48U << 20U) + kMemoryKeptBack);
}

}  // namespace
}  // namespace testkit
