// The end of a node: who is connected gets all that was accepted and a goodbye; who comes back to
// the next one loses nothing.
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/listener.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace testkit {
namespace {

// With less room than one packet needs, Linux sends one every 200 ms.
constexpr int kSmallBuffer = 64 << 10;
constexpr auto kInboundEvents = "/_rig/v1/events";
const std::string kData = "\"" + std::string(2'000, 'x') + "\"";

// One producer; what it publishes is numbered, and the number of those that were accepted is kept.
class Producer {
 public:
  static constexpr int kCount = 4;

  Producer(int index, std::uint16_t api, std::uint16_t inbound) : index_(index) {
    thread_ = std::thread([this, api, inbound] { run(api, inbound); });
  }
  void join() { thread_.join(); }
  [[nodiscard]] int accepted() const { return accepted_; }

  [[nodiscard]] static std::string id(int index, int number) {
    return std::to_string(index) + ":" + std::to_string(number);
  }

 private:
  void run(std::uint16_t api, std::uint16_t inbound) {
    try {
      auto publisher = index_ % 2 == 0 ? Publisher(api) : Publisher(inbound, kInboundEvents);
      while (true) {
        publisher.event("a", id(index_, accepted_));
        ++accepted_;
      }
    } catch (const Failure&) {  // the door is closed
      return;
    }
  }

  const int index_;
  std::atomic<int> accepted_{0};
  std::thread thread_;
};

// What came of each producer. Everything it was told is accepted must be there, in order; what was
// sent and not answered may be.
class Deliveries {
 public:
  void take(const std::string& json) {
    const auto id = json_at(json, "/id").value_or("");
    const auto index = std::stoul(id.substr(0, id.find(':')));
    if (id != Producer::id(static_cast<int>(index), next_.at(index)))
      throw Failure("lost, doubled or out of order: " + id);
    ++next_[index];
  }
  [[nodiscard]] int of(std::size_t producer) const { return next_[producer]; }

 private:
  std::vector<int> next_ = std::vector<int>(Producer::kCount);
};

TEST(Drain, UnderLoadEverythingAcceptedComesBeforeTheGoodbye) {
  Gateway gateway({{"RIG_SHARDS", "4"},
                   {"RIG_OUTBOX_BYTES_MAX", "256MiB"},
                   {"RIG_DRAIN_SPREAD", "200ms"},
                   {"RIG_DRAIN_TIMEOUT", "1h"}});
  std::vector<SseClient> streams;
  std::vector<WsClient> sockets;
  for (int i = 0; i < 8; ++i) {
    streams.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
    sockets.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
  }
  std::vector<std::unique_ptr<Producer>> producers;
  for (int i = 0; i < Producer::kCount; ++i)
    producers.push_back(std::make_unique<Producer>(i, gateway.api(), gateway.inbound()));
  const bool is_busy = eventually([&] {
    return std::ranges::all_of(producers, [](const auto& p) { return p->accepted() >= 200; });
  });
  gateway.process().signal(SIGTERM);
  for (auto& producer : producers) producer->join();
  ASSERT_TRUE(is_busy);
  const auto expect_all = [&](const Deliveries& deliveries) {
    for (std::size_t i = 0; i < producers.size(); ++i)
      EXPECT_GE(deliveries.of(i), producers[i]->accepted());
  };
  for (auto& stream : streams) {
    Deliveries deliveries;
    try {
      while (true) deliveries.take(stream.next_event().data);
    } catch (const Closed&) {
      EXPECT_THAT(stream.comments(), ::testing::Contains(" goodbye"));
    }
    EXPECT_EQ(stream.retry_count(), 2U) << "the welcome and the goodbye say when to come back";
    expect_all(deliveries);
  }
  for (auto& socket : sockets) {
    Deliveries deliveries;
    try {
      while (true) deliveries.take(socket.next_event().json);
    } catch (const Closed& closed) {
      EXPECT_THAT(closed.what(), ::testing::HasSubstr("a close came: 1001 "));
    }
    socket.socket().close();
    expect_all(deliveries);
  }
  gateway.expect_exit(0);
}

TEST(Drain, TellsEveryoneHoweverItIsSpread) {
  for (const auto* spread : {"0", "100ms", "1s"}) {
    Gateway gateway({{"RIG_DRAIN_SPREAD", spread}, {"RIG_DRAIN_TIMEOUT", "1h"}});
    std::vector<SseClient> streams;
    std::vector<WsClient> sockets;
    for (int i = 0; i < 30; ++i) {
      streams.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
      sockets.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
    }
    gateway.process().signal(SIGTERM);
    for (auto& stream : streams) {
      stream.expect_orderly_end();
      stream.socket().close();
    }
    for (auto& socket : sockets) socket.expect_close(1001);
    gateway.expect_exit(0);
  }
}

TEST(Drain, TellsClientsToComeBackAtDifferentTimes) {
  Gateway gateway({{"RIG_RETRY", "2s"}, {"RIG_DRAIN_SPREAD", "0"}});
  std::vector<SseClient> streams;
  for (int i = 0; i < 20; ++i)
    streams.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
  gateway.process().signal(SIGTERM);
  std::vector<std::uint64_t> pauses;
  for (auto& stream : streams) {
    EXPECT_THROW((void)stream.next_event(), Closed);
    EXPECT_THAT(stream.comments(), ::testing::ElementsAre(" goodbye"));
    pauses.push_back(stream.retry().value_or(0));
    EXPECT_GE(pauses.back(), 2000U);
    EXPECT_LE(pauses.back(), 3000U);
    stream.socket().close();
  }
  gateway.expect_exit(0);
  std::ranges::sort(pauses);
  EXPECT_GT(std::ranges::unique(pauses).begin() - pauses.begin(), 10);
}

// Clients that are about to end by themselves must not stand between the others and their goodbye.
TEST(Drain, TellsThoseWhoCameAfterOneThatIsEndingAlready) {
  Gateway gateway({{"RIG_SHARDS", "1"}, {"RIG_DRAIN_TIMEOUT", "1h"}, {"RIG_DRAIN_SPREAD", "0"}});
  WsClient ends(gateway.inbound(), {"a"});
  std::vector<SseClient> others;
  for (int i = 0; i < 10; ++i)
    others.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
  ends.send({.opcode = WsOpcode::kBinary, .payload = "?"});
  EXPECT_EQ(ends.next_frame().opcode, WsOpcode::kClose);  // which it does not answer
  gateway.process().signal(SIGTERM);
  for (auto& client : others) {
    client.expect_orderly_end();
    client.socket().close();
  }
  gateway.expect_exit(0);
}

TEST(Drain, WaitsForAReaderThatIsBehind) {
  Gateway gateway({{"RIG_OUTBOX_BYTES_MAX", "64MiB"}, {"RIG_DRAIN_TIMEOUT", "1h"}});
  SseClient stream(gateway.inbound(), sse_request(subscriptions_to({"a"})), kSmallBuffer);
  stream.read_greeting();
  Publisher publisher(gateway.api());
  constexpr int kEvents = 3000;
  for (int i = 0; i < kEvents; ++i) publisher.event("a", std::to_string(i), kData);
  gateway.process().signal(SIGTERM);
  for (int i = 0; i < kEvents; ++i)
    ASSERT_EQ(json_at(stream.next_event().data, "/id"), std::to_string(i));
  stream.expect_orderly_end();
  gateway.expect_exit(0);
}

// What a client came back for is in no log of another node.
TEST(Drain, LetsAClientThatResumesHaveWhatItCameFor) {
  for (const auto transport : {Transport::kSse, Transport::kWs}) {
    Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_DRAIN_TIMEOUT", "1h"}, {"RIG_DRAIN_SPREAD", "0"}});
    Opening opening{.subscriptions = subscriptions_to({"a"}), .receive_buffer = kSmallBuffer};
    auto client = EventClient::open(transport, gateway.inbound(), opening);
    client->read_greeting();
    client->die();
    Publisher publisher(gateway.api());
    constexpr int kEvents = 4000;
    for (int i = 0; i < kEvents; ++i) publisher.event("a", std::to_string(i), kData);
    opening.cursor = client->cursor();
    client = EventClient::open(transport, gateway.inbound(), opening);
    client->read_greeting();
    gateway.process().signal(SIGTERM);
    for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(client->next_event()), std::to_string(i));
    EXPECT_THROW((void)client->next(), Closed);
    client->socket().close();
    gateway.expect_exit(0);
  }
}

// --- A node that is replaced by another at the same ports, again and again, under load.

struct Ports {
  std::uint16_t inbound;
  std::uint16_t api;
};

// Publishes numbers until it is told to stop, each until it is accepted, on its connections in
// turn.
class RetryingProducer {
 public:
  static constexpr int kConnections = 3;

  RetryingProducer(int index, Ports ports) : index_(index), ports_(ports) {
    thread_ = std::thread([this] {
      try {
        run();
      } catch (const std::exception& problem) {
        ADD_FAILURE() << problem.what();
      }
    });
  }
  ~RetryingProducer() {
    if (thread_.joinable()) stop();
  }
  void stop() {
    done_ = true;
    thread_.join();
  }
  [[nodiscard]] int accepted() const { return accepted_; }

 private:
  void run() {
    std::array<std::unique_ptr<Publisher>, kConnections> connections;
    while (!done_ || accepted_ % 10 != 0) {  // so that an end is no matter of luck
      const bool is_accepted = eventually([&] {
        try {
          auto& publisher = connections[static_cast<std::size_t>(accepted_) % connections.size()];
          if (!publisher)
            publisher = index_ % 2 == 0
                            ? std::make_unique<Publisher>(ports_.api)
                            : std::make_unique<Publisher>(ports_.inbound, kInboundEvents);
          publisher->event("a", Producer::id(index_, accepted_));
          return true;
        } catch (const Failure&) {  // gone, or about to go
          for (auto& connection : connections) connection.reset();
          return false;
        }
      });
      if (!is_accepted) throw Failure("nobody accepts events any more");
      ++accepted_;
    }
  }

  const int index_;
  const Ports ports_;
  std::atomic<bool> done_{false};
  std::atomic<int> accepted_{0};
  std::thread thread_;
};

// Reads on whatever happens to the node, and keeps what came.
class ReturningClient {
 public:
  ReturningClient(Transport transport, std::uint16_t port) : transport_(transport), port_(port) {
    connect();
    thread_ = std::thread([this] {
      try {
        run();
      } catch (const std::exception& problem) {
        ADD_FAILURE() << name_of(transport_) << ": " << problem.what();
      }
    });
  }
  void join() { thread_.join(); }
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }
  [[nodiscard]] const std::vector<std::string>& gaps() const { return gaps_; }

 private:
  void connect() {
    const bool is_connected = eventually([&] {
      try {
        client_ = EventClient::open(transport_, port_, opening_);
        client_->read_greeting();
        return true;
      } catch (const Failure&) {  // not there yet, or about to go
        return false;
      }
    });
    if (!is_connected) throw Failure("no node lets it in");
  }

  void run() {
    while (true) {
      try {
        const auto received = client_->next();
        if (received.type == "last") return;
        if (received.type == "a") ids_.push_back(id_of(received));
        if (received.type == "rig.gap") gaps_.push_back(gap_reason(received));
      } catch (const Closed&) {
        opening_.cursor = client_->cursor();
        client_->socket().close();
        connect();
      }
    }
  }

  const Transport transport_;
  const std::uint16_t port_;
  Opening opening_{.subscriptions = subscriptions_to({"a", "last"})};
  std::unique_ptr<EventClient> client_;
  std::vector<std::string> ids_;
  std::vector<std::string> gaps_;
  std::thread thread_;
};

// All numbers of each producer, those of one connection in order. One that had to be sent again,
// because its answer was lost, may be there twice.
void expect_all(const ReturningClient& client,
                const std::vector<std::unique_ptr<RetryingProducer>>& producers) {
  constexpr int kConnections = RetryingProducer::kConnections;
  std::vector<std::array<int, kConnections>> next(producers.size());
  for (auto& of_producer : next) std::iota(of_producer.begin(), of_producer.end(), 0);
  int repeated = 0;
  for (const auto& id : client.ids()) {
    const auto index = std::stoul(id.substr(0, id.find(':')));
    const int number = std::stoi(id.substr(id.find(':') + 1));
    int& expected = next[index][static_cast<std::size_t>(number % kConnections)];
    if (number == expected - kConnections) {
      ++repeated;
      continue;
    }
    ASSERT_EQ(number, expected) << "of producer " << index << ": lost or out of order";
    expected += kConnections;
  }
  for (std::size_t i = 0; i < producers.size(); ++i) {
    for (const int expected : next[i]) {
      EXPECT_GE(expected, producers[i]->accepted()) << "of producer " << i;
      EXPECT_LT(expected, producers[i]->accepted() + kConnections) << "of producer " << i;
    }
  }
  EXPECT_LE(repeated, static_cast<int>(producers.size() * client.gaps().size()));
}

class RollingRestart : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Drain, RollingRestart, ::testing::Values("1", "4"),
                         [](const auto& info) { return std::string(info.param) + "Shards"; });

TEST_P(RollingRestart, LosesNothingAndTellsOfEachStart) {
  constexpr int kRestarts = 4;
  const Ports ports{quiet_port(), quiet_port()};
  const auto start = [&] {
    return std::make_unique<Gateway>(Environment{{"RIG_SHARDS", GetParam()},
                                                 {"INBOUND_PORT", std::to_string(ports.inbound)},
                                                 {"API_HTTP_PORT", std::to_string(ports.api)},
                                                 {"RIG_DRAIN_SPREAD", "100ms"}});
  };
  auto gateway = start();
  std::vector<std::unique_ptr<ReturningClient>> clients;
  for (int i = 0; i < 6; ++i)
    clients.push_back(std::make_unique<ReturningClient>(
        i % 2 == 0 ? Transport::kSse : Transport::kWs, ports.inbound));
  const auto all_are_back = [&] {
    return gateway->metric("rig_connections", {{"transport", "sse"}}) +
               gateway->metric("rig_connections", {{"transport", "ws"}}) ==
           6;
  };
  std::vector<std::unique_ptr<RetryingProducer>> producers;
  for (int i = 0; i < 4; ++i) producers.push_back(std::make_unique<RetryingProducer>(i, ports));
  for (int restart = 0; restart < kRestarts; ++restart) {
    const int before = producers[0]->accepted();
    ASSERT_TRUE(eventually([&] { return producers[0]->accepted() > before + 100; }));
    // What a node has for a client that does not come in its time, goes with it.
    ASSERT_TRUE(eventually(all_are_back));
    gateway->process().signal(SIGTERM);
    gateway->expect_exit(0);
    gateway = start();
  }
  for (auto& producer : producers) producer->stop();
  // What says that this is all must not come before the last one is back.
  ASSERT_TRUE(eventually(all_are_back));
  Publisher(ports.api).event("last", "1");
  for (auto& client : clients) client->join();
  for (const auto& client : clients) {
    EXPECT_EQ(client->gaps(), std::vector<std::string>(kRestarts, "restarted"));
    expect_all(*client, producers);
  }
}

}  // namespace
}  // namespace testkit
