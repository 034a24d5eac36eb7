// Clients that do not read, that die, and that come all at once.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace testkit {
namespace {

double connections(const Gateway& gateway) {
  return gateway.metric("rig_connections", {{"transport", "sse"}});
}

TEST(SlowClient, IsCutWhileOthersGetEverything) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "256KiB"}});
  const auto cut = [&] {
    return gateway.metric("rig_dropped_connections_total", {{"reason", "slow"}});
  };
  SseClient slow(gateway.inbound(), sse_request(subscriptions_to({"a"})), 4096);
  slow.read_greeting();
  SseClient reads(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  const auto data = "\"" + std::string(200'000, 'x') + "\"";
  for (int i = 0; cut() < 1; ++i) {
    ASSERT_LT(i, 500) << "100 MB were published and the client that reads nothing is still there";
    publisher.event("a", std::to_string(i), data);
    ASSERT_EQ(json_at(reads.next_event().data, "/id"), std::to_string(i));
  }
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 1; }));
  publisher.event("a", "last");
  EXPECT_EQ(json_at(reads.next_event().data, "/id"), "last");
}

TEST(SlowClient, ThatStartsToReadAgainLosesNothing) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64MiB"}});
  SseClient client(gateway.inbound(), sse_request(subscriptions_to({"a"})), 4096);
  client.read_greeting();
  Publisher publisher(gateway.api());
  const auto data = "\"" + std::string(100'000, 'x') + "\"";
  for (int i = 0; i < 100; ++i) publisher.event("a", std::to_string(i), data);
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(json_at(client.next_event().data, "/id"), std::to_string(i));
}

TEST(SlowClient, MemoryStaysBounded) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64KiB"}});
  std::vector<SseClient> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(gateway.inbound(), sse_request(subscriptions_to({"a"})), 4096);
    slow.back().read_greeting();
  }
  const auto before = gateway.resident_memory();
  Publisher publisher(gateway.api());
  const auto data = "\"" + std::string(500'000, 'x') + "\"";
  for (int i = 0; connections(gateway) > 0; ++i) {
    ASSERT_LT(i, 500);
    publisher.event("a", std::to_string(i), data);
  }
  // 50 outboxes of 64 KiB are 3 MiB, and malloc keeps a little.
  EXPECT_LT(gateway.resident_memory(), before + (48U << 20U) + kMemoryKeptBack);
}

TEST(Storm, OfBrokenAndKilledClientsLeavesNothingBehind) {
  Gateway gateway;
  (void)gateway.metrics();
  const auto files_before = gateway.open_files();
  std::minstd_rand random(42);  // the same storm each time
  const auto subscribe = to_bytes(sse_request(subscriptions_to({"a", "b"})));
  std::vector<RawSocket> open;
  for (int i = 0; i < 2000; ++i) {
    RawSocket socket(gateway.inbound());
    std::string bytes = subscribe;
    switch (random() % 6) {
      case 0: bytes.resize(random() % bytes.size()); break;
      case 1:
        for (int flips = 0; flips < 5; ++flips)
          bytes[random() % bytes.size()] = static_cast<char>(random());
        break;
      case 2: bytes.assign(random() % 3000, static_cast<char>(random())); break;
      case 3: bytes += bytes; break;
      default: break;
    }
    (void)socket.try_send(bytes);
    switch (random() % 4) {
      case 0: socket.reset(); break;
      case 1: socket.close(); break;
      case 2: socket.shutdown_send(); [[fallthrough]];
      default: open.push_back(std::move(socket));
    }
    if (open.size() > 200) open.clear();
    if (i % 100 == 0) Publisher(gateway.api()).event("a", std::to_string(i));
  }
  open.clear();
  EXPECT_TRUE(eventually([&] { return connections(gateway) == 0; })) << connections(gateway);
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_subscriptions_total") == 0; }));
  EXPECT_TRUE(eventually([&] { return gateway.open_files() <= files_before; }))
      << gateway.open_files() << " > " << files_before;
  SseClient client(gateway.inbound(), {"a"});
  Publisher(gateway.api()).event("a", "after");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "after");
}

TEST(Storm, HundredsOfStreamsAtOnceAllGetTheEvents) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<SseClient> clients;
  clients.reserve(900);
  for (int i = 0; i < 900; ++i)
    clients.emplace_back(gateway.inbound(), sse_request(subscriptions_to({"a"})));
  for (auto& client : clients) client.read_greeting();
  Publisher publisher(gateway.api());
  for (int i = 0; i < 3; ++i) publisher.event("a", std::to_string(i));
  for (auto& client : clients) {
    for (int i = 0; i < 3; ++i)
      ASSERT_EQ(json_at(client.next_event().data, "/id"), std::to_string(i));
  }
}

}  // namespace
}  // namespace testkit
