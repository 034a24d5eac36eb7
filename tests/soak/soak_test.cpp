// Clients of all transports that come, go, stall, come back and change their subscriptions at
// random, against publishers at both doors. What each of them got is checked against a model, and
// when all are gone, nothing of them is left.
//
//   soak_tests --seconds=300 --seed=7 --clients=60 --rate=3000
#include "client.hpp"
#include "model.hpp"
#include "publishers.hpp"
#include "testkit/gateway.hpp"
#include "testkit/publisher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace soak {
namespace {

struct Options {
  unsigned seconds = 8;
  unsigned seed = 1;
  unsigned clients = 30;
  unsigned rate = 2000;  ///< events per second, at most
};
Options options;

/// Publishers must not run away from the clients: what somebody may still have to resume from is
/// always in the log.
constexpr Number kAheadMax = 5000;

const testkit::Environment kSettings{
    {"RIG_SHARDS", "4"},
    {"RIG_OUTBOX_BYTES_MAX", "64KiB"},
    {"RIG_REPLAY_BYTES_MAX", "24MiB"},
    {"RIG_REPLAY_EVENTS_MAX", "100000"},
    {"RIG_LONGPOLLING_IDLE_TIMEOUT", "2s"},
    {"RIG_LONGPOLLING_WAIT", "1s"},
    {"RIG_LONGPOLLING_EVENTS_MAX", "300"},
    {"RIG_HEARTBEAT_INTERVAL", "1s"},
    {"MAX_CONNECTIONS_PER_MINUTE", "0"},
};

std::string extractors() {
  std::string json = "{";
  for (unsigned type = 0; type < kTypes; ++type) {
    if (type != 0) json += ',';
    json += "\"" + type_name(type) +
            R"(":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"}}})";
  }
  return json + "}";
}

testkit::Environment settings() {
  auto settings = kSettings;
  settings["EXTRACTORS"] = extractors();
  return settings;
}

class Soak : public ::testing::Test {
 protected:
  /// All that lives for so long, from the first client to the last answer.
  void run(std::chrono::seconds time, unsigned seed);
  void expect_nothing_left();

  testkit::Gateway gateway_{settings()};

 private:
  void tick(testkit::Publisher& publisher, Number upto, bool is_last) {
    publisher.event(kTick, "tick",
                    R"({"upto":)" + std::to_string(upto) +
                        (is_last ? R"(,"last":true})" : R"(,"last":false})"));
  }
  static void expect_all_as_it_should_be(const std::vector<std::unique_ptr<Client>>& clients,
                                         std::vector<Published> published);
};

void Soak::run(std::chrono::seconds time, unsigned seed) {
  const Doors doors{gateway_.inbound(), gateway_.api()};
  std::vector<std::unique_ptr<Client>> clients;
  for (unsigned i = 0; i <= options.clients; ++i) {
    const Client::Habits habits{testkit::kTransports[i % testkit::kTransports.size()], i == 0};
    clients.push_back(std::make_unique<Client>(habits, doors, seed * 1000 + i));
  }
  const auto may_go = [&clients](Number number) {
    return std::ranges::all_of(clients, [&](const auto& client) {
      return client->is_done() || number < client->heard_of() + kAheadMax;
    });
  };
  const auto events_max = static_cast<std::size_t>(time.count() + 10) * options.rate;
  Publishers publishers(doors, seed, options.rate, events_max, may_go);

  testkit::Publisher ticker(gateway_.api());
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
    tick(ticker, publishers.next(), false);
    (void)testkit::eventually([] { return false; },
                              testkit::Deadline(std::chrono::milliseconds(50)));
  }
  publishers.stop();
  // Who comes anew has to be told again.
  (void)testkit::eventually([&] {
    tick(ticker, publishers.next(), true);
    return std::ranges::all_of(clients, &Client::is_done);
  });
  for (const auto& client : clients) {
    if (!client->is_done())
      ADD_FAILURE() << "a client of " << client->transport() << " has heard of "
                    << client->heard_of() << " of " << publishers.next() << " events";
    client->give_up();
    client->join();
  }
  expect_all_as_it_should_be(clients, publishers.published());
}

void Soak::expect_all_as_it_should_be(const std::vector<std::unique_ptr<Client>>& clients,
                                      std::vector<Published> published) {
  const Order order(clients.front()->numbers(), std::move(published));
  ASSERT_EQ(order.problem(), "") << "the client that does nothing but read has another truth";
  std::size_t lives = 0;
  std::size_t events = 0;
  std::size_t resumptions = 0;
  std::size_t replacements = 0;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    resumptions += clients[i]->resumptions();
    replacements += clients[i]->replacements();
    for (const Life& life : clients[i]->lives()) {
      ++lives;
      events += life.events();
      EXPECT_EQ(life.problem(order), "")
          << "client " << i << ", life " << &life - clients[i]->lives().data();
    }
  }
  std::cout << order.size() << " events, " << events << " deliveries, " << lives << " lives, "
            << resumptions << " times back, " << replacements << " times other subscriptions"
            << std::endl;
  EXPECT_GT(resumptions, 0U);
  EXPECT_GT(replacements, 0U);
}

void Soak::expect_nothing_left() {
  EXPECT_TRUE(testkit::eventually([&] {
    const auto metrics = gateway_.metrics();
    return metrics.sum("rig_subscriptions_total") == 0 &&
           metrics.sum("rig_connections", {{"transport", "sse"}}) == 0 &&
           metrics.sum("rig_connections", {{"transport", "ws"}}) == 0 &&
           metrics.sum("rig_connections", {{"transport", "longpolling"}}) == 0;
  }));
}

TEST_F(Soak, EveryClientGetsWhatTheModelSaysAndLeavesNothingBehind) {
  // What is allocated once is there after a while.
  run(std::chrono::seconds(2), options.seed);
  expect_nothing_left();
  const auto files = gateway_.open_files();
  const auto memory = gateway_.resident_memory();
  run(std::chrono::seconds(options.seconds), options.seed + 1);
  expect_nothing_left();
  EXPECT_TRUE(testkit::eventually([&] { return gateway_.open_files() <= files; }))
      << gateway_.open_files() << " > " << files;
  const auto metrics = gateway_.metrics();
  std::cout << "slow: " << metrics.sum("rig_dropped_connections_total", {{"reason", "slow"}})
            << ", replayed: " << metrics.sum("rig_replayed_events_total")
            << ", memory: " << (memory >> 20U) << " MiB, then "
            << (gateway_.resident_memory() >> 20U) << " MiB with "
            << (static_cast<std::size_t>(metrics.sum("rig_log_bytes")) >> 20U)
            << " MiB of it in the log" << std::endl;
  constexpr std::size_t kLog = 24U << 20U;
  EXPECT_LT(gateway_.resident_memory(), memory + kLog + (16U << 20U) + testkit::kMemoryKeptBack);
  EXPECT_EQ(metrics.sum("rig_dropped_events_total"), 0);
}

/// True if it is that option.
bool take_option(std::string_view argument, std::string_view name, unsigned& value) {
  if (!argument.starts_with(name)) return false;
  value = static_cast<unsigned>(std::stoul(std::string(argument.substr(name.size()))));
  return true;
}

}  // namespace
}  // namespace soak

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  using soak::options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool is_known = soak::take_option(argument, "--seconds=", options.seconds) ||
                          soak::take_option(argument, "--seed=", options.seed) ||
                          soak::take_option(argument, "--clients=", options.clients) ||
                          soak::take_option(argument, "--rate=", options.rate);
    if (is_known) continue;
    std::cerr << "usage: soak_tests [--seconds=N] [--seed=N] [--clients=N] [--rate=N]\n";
    return 2;
  }
  return RUN_ALL_TESTS();
}
