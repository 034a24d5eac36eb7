// Clients that come back to another node of a cluster: they get what they missed, from whichever
// node it came, once, in the order of each node, and are told if that cannot be.
#include "testkit/cluster.hpp"
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testkit {
namespace {

void expect_state(const Gateway& node, std::string_view state) {
  EXPECT_TRUE(eventually([&] {
    const auto health = fetch(node.api(), {.target = "/health/ready"}).body;
    return json_at(health, "/parts/cluster") == state;
  })) << state;
}

/// A node of the cluster on that server, which has joined when it is constructed.
class Member : public Gateway {
 public:
  explicit Member(const NatsServer& server, Environment more = {})
      : Gateway(settings_for(server, std::move(more))) {
    expect_state(*this, "connected");
  }

 private:
  static Environment settings_for(const NatsServer& server, Environment more) {
    more.emplace("CLUSTER_URL", "nats://" + server.address());
    more.emplace("CLUSTER_SECRET", kClusterSecret);
    return more;
  }
};

/// Publishes events that are told apart by who published them and a number.
class Source {
 public:
  Source(const Gateway& node, std::string name) : publisher_(node.api()), name_(std::move(name)) {}

  void publish(const std::string& type, int count) {
    for (int i = 0; i < count; ++i) {
      ids_.push_back(name_ + std::to_string(ids_.size()));
      publisher_.event(type, ids_.back());
    }
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }

 private:
  Publisher publisher_;
  std::string name_;
  std::vector<std::string> ids_;
};

std::string name_in(std::string_view id) { return std::string(id.substr(0, 1)); }

class ClusterResume : public ::testing::TestWithParam<Transport> {
 protected:
  std::unique_ptr<EventClient> open(const Gateway& node, const Opening& opening) {
    auto client = EventClient::open(GetParam(), node.inbound(), opening);
    client->read_greeting();
    return client;
  }
  /// Reads so many events.
  void read(EventClient& client, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto id = id_of(client.next_event());
      got_[name_in(id)].push_back(id);
    }
  }
  /// What was read of a source is all that it has published, once and in order.
  void expect_all_of(const Source& source) { EXPECT_EQ(got_[source.name()], source.ids()); }

  NatsServer server_;
  std::map<std::string, std::vector<std::string>> got_;
};

INSTANTIATE_TEST_SUITE_P(By, ClusterResume, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST_P(ClusterResume, ANodeThatWantedTheTypeGivesWhatWasMissed) {
  Member a(server_);
  Member b(server_);
  Source from_a(a, "a");
  Source from_b(b, "b");
  Opening opening{.subscriptions = subscriptions_to({"t"})};
  const auto other = open(b, opening);
  auto client = open(a, opening);
  from_a.publish("t", 5);
  from_b.publish("t", 5);
  read(*client, 10);
  // What is under way when a node dies may die with it.
  for (int i = 0; i < 10; ++i) (void)other->next_event();
  a.kill_now();
  from_b.publish("t", 5);
  opening.cursor = client->cursor();
  client = open(b, opening);
  read(*client, 5);
  from_b.publish("t", 3);
  read(*client, 3);
  expect_all_of(from_a);
  expect_all_of(from_b);
  EXPECT_EQ(b.metric("rig_gaps_total"), 0);
}

TEST_P(ClusterResume, ANodeThatWantedNothingGivesWhatWasMissed) {
  Member a(server_);
  Member b(server_);
  Member c(server_);
  Source from_a(a, "a");
  Source from_b(b, "b");
  Source from_c(c, "c");
  Opening opening{.subscriptions = subscriptions_to({"t", "u"})};
  const auto other = open(b, opening);
  auto client = open(a, opening);
  from_a.publish("t", 4);
  from_b.publish("u", 4);
  from_c.publish("t", 4);
  read(*client, 6);  // the rest is lost with the node
  for (int i = 0; i < 12; ++i) (void)other->next_event();
  a.kill_now();
  from_b.publish("t", 4);
  from_c.publish("u", 4);
  from_c.publish("other", 4);
  opening.cursor = client->cursor();
  client = open(c, opening);
  from_c.publish("t", 4);
  from_b.publish("u", 4);
  read(*client, 22);
  expect_all_of(from_a);
  expect_all_of(from_b);
  EXPECT_EQ(got_["c"].size(), 12U) << "and nothing of another type";
  EXPECT_EQ(c.metric("rig_gaps_total"), 0);
}

TEST_P(ClusterResume, FromNodeToNodeInTheMiddleOfWhatWasMissed) {
  Member a(server_);
  Member b(server_);
  Member c(server_);
  Source from_b(b, "b");
  Source from_c(c, "c");
  Opening opening{.subscriptions = subscriptions_to({"t"})};
  auto client = open(a, opening);
  from_b.publish("t", 1);
  read(*client, 1);
  client->die();
  int left = 0;
  const std::array<const Gateway*, 4> nodes{&b, &c, &b, &a};
  for (const Gateway* node : nodes) {
    from_b.publish("t", 20);
    from_c.publish("t", 20);
    left += 40;
    opening.cursor = client->cursor();
    client = open(*node, opening);
    read(*client, 25);
    left -= 25;
    client->die();
  }
  opening.cursor = client->cursor();
  client = open(c, opening);
  read(*client, static_cast<std::size_t>(left));
  from_b.publish("t", 1);
  read(*client, 1);
  expect_all_of(from_b);
  expect_all_of(from_c);
}

TEST_P(ClusterResume, ANodeThatWasRestartedKnowsWhatItMissed) {
  Member b(server_);
  Source from_b(b, "b");
  Opening opening{.subscriptions = subscriptions_to({"t"})};
  {
    Member a(server_);
    const auto client = open(a, opening);
    from_b.publish("t", 2);
    read(*client, 2);
    opening.cursor = client->cursor();
    a.kill_now();
  }
  from_b.publish("t", 2);
  Member a(server_);
  const auto client = open(a, opening);
  from_b.publish("t", 2);
  read(*client, 4);
  expect_all_of(from_b);
}

TEST_P(ClusterResume, WithoutTheHistoryTheGapIsTold) {
  Member a(server_);
  Member b(server_);
  Source from_b(b, "b");
  Opening opening{.subscriptions = subscriptions_to({"t"})};
  auto client = open(a, opening);
  from_b.publish("t", 2);
  read(*client, 2);
  opening.cursor = client->cursor();
  server_.kill();  // it is in its memory
  expect_state(b, "disconnected");
  server_.start();
  expect_state(b, "connected");
  client = open(b, opening);
  EXPECT_EQ(gap_reason(client->next()), "restarted");
  from_b.publish("t", 1);
  EXPECT_EQ(id_of(client->next_event()), "b2");
}

/// Clients come and go between nodes, which publish meanwhile.
TEST_P(ClusterResume, WhateverClientsDoTheyGetEachEventOnce) {
  constexpr int kRounds = 60;
  Member a(server_);
  Member b(server_);
  Member c(server_);
  const std::array<const Gateway*, 3> nodes{&a, &b, &c};
  std::array<Source, 3> sources{Source(a, "a"), Source(b, "b"), Source(c, "c")};
  Opening opening{.subscriptions = subscriptions_to({"t"})};
  std::minstd_rand random(static_cast<unsigned>(::testing::UnitTest::GetInstance()->random_seed()));
  auto client = open(a, opening);
  // In polls only events have a cursor, and without one nothing was promised.
  sources[0].publish("t", 1);
  read(*client, 1);
  std::size_t left = 0;
  for (int round = 0; round < kRounds; ++round) {
    auto& source = sources[random() % 3];
    const auto count = random() % 8;
    source.publish("t", static_cast<int>(count));
    left += count;
    const auto wanted = std::min<std::size_t>(random() % 6, left);
    read(*client, wanted);
    left -= wanted;
    if (random() % 3 != 0) continue;
    client->die();
    opening.cursor = client->cursor();
    client = open(*nodes[random() % 3], opening);
  }
  read(*client, left);
  for (auto& source : sources) source.publish("t", 1);
  read(*client, 3);
  for (const auto& source : sources) expect_all_of(source);
}

/// The confirmation of its subscriptions has a cursor already; in polls only events have.
TEST(ClusterResumeOfNothing, AClientThatGotNothingYetMissesNothing) {
  NatsServer server;
  Member b(server);
  for (const auto transport : {Transport::kSse, Transport::kWs}) {
    Member a(server);
    Source before(b, "b");
    SseClient witness(a.inbound(), {"mark"});
    before.publish("t", 3);  // before the client came: none of its own
    before.publish("mark", 1);
    (void)witness.next_event();  // what is accepted there may still be on its way
    Opening opening{.subscriptions = subscriptions_to({"t"})};
    auto client = EventClient::open(transport, a.inbound(), opening);
    client->read_greeting();
    opening.cursor = client->cursor();
    a.kill_now();
    Source after(b, "a");
    after.publish("t", 3);
    client = EventClient::open(transport, b.inbound(), opening);
    client->read_greeting();
    for (const auto& id : after.ids()) EXPECT_EQ(id_of(client->next_event()), id);
    after.publish("t", 1);
    EXPECT_EQ(id_of(client->next_event()), after.ids().back());
  }
}

TEST(ClusterResumeOfMany, ClientsOfADeadNodeComeAtOnce) {
  constexpr int kClients = 60;
  NatsServer server;
  Member a(server);
  Member b(server);
  Source from_b(b, "b");
  std::vector<std::unique_ptr<EventClient>> clients;
  Opening opening{.subscriptions = subscriptions_to({"t"})};
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(EventClient::open(Transport::kSse, a.inbound(), opening));
    clients.back()->read_greeting();
  }
  a.kill_now();
  from_b.publish("t", 10);
  for (auto& client : clients) {
    opening.cursor = client->cursor();
    client = EventClient::open(Transport::kSse, b.inbound(), opening);
  }
  for (auto& client : clients) {
    client->read_greeting();
    for (const auto& id : from_b.ids()) EXPECT_EQ(id_of(client->next_event()), id);
  }
  EXPECT_EQ(b.metric("rig_gaps_total"), 0);
}

}  // namespace
}  // namespace testkit
