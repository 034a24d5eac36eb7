// The network between gateways breaks, and parts of it come back: nobody else is held up, and what
// was said meanwhile holds everywhere afterwards.
#include "testkit/backend.hpp"
#include "testkit/cluster.hpp"
#include "testkit/event_client.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/listener.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/tokens.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using namespace std::chrono_literals;

constexpr int kCutOff = 401;
const std::pair<const std::string, std::string> kKey{"JWT_SECRET_KEY", std::string(kTokenSecret)};
/// Links that are silent are given up after seconds, connections to maps by pings after half a
/// minute.
constexpr auto kSilenceMax = 90s;

std::string id_of(const ServerSentEvent& event) {
  return json_at(event.data, "/id").value_or("none");
}

HttpReply with_json(std::uint16_t port, std::string target, std::string body) {
  return fetch(port, {.method = "POST",
                      .target = std::move(target),
                      .headers = {{"content-type", "application/json"}},
                      .body = std::move(body)});
}

int cut_off(const Gateway& gateway, const std::string& session) {
  return with_json(gateway.api(), "/v3/session-blacklist",
                   R"({"sessionId":")" + session + R"(","validityInSeconds":3600})")
      .status;
}

HttpRequest sse_of(const std::string& session) {
  auto request = sse_request("[]");
  request.target += "&jwt=" + session_token(session);
  return request;
}

int status_of_connecting(const Gateway& gateway, const std::string& session) {
  RawSocket socket(gateway.inbound());
  socket.send(to_bytes(sse_of(session)));
  return read_reply_head(socket).status;
}

std::string api_to(const Backend& backend) {
  return R"({"id":"shop","name":"Shop","proxy":{"target_url":"localhost","port":)" +
         std::to_string(backend.port()) +
         R"(},"version_data":{"default":{"endpoints":[{"id":"e","method":"GET","path":"/books"}]}}})";
}

/// Publishes at `from` until the client at another node hears of it; passes over what came before.
void expect_events_pass(const Gateway& from, SseClient& client, const std::string& type,
                        const std::string& id) {
  Publisher publisher(from.api());
  const auto is_heard = [&] {
    publisher.event(type, id);
    try {
      while (id_of(client.next_event(Deadline(1s))) != id) continue;
      return true;
    } catch (const Failure&) {
      return false;  // a connection that is dead may be found so after the others
    }
  };
  EXPECT_TRUE(eventually(is_heard)) << id;
}

TEST(ClusterPartition, ANodeWithASilentLinkServesItsClientsAndCatchesUp) {
  Backend backend;
  Cluster cluster(2, {kKey});
  auto& here = cluster.node(0);
  auto& away = cluster.node(1);
  SseClient client(away.inbound(), {"t"});
  SseClient gone(away.inbound(), sse_of("gone"));
  gone.read_greeting();

  cluster.link(1).cut();
  EXPECT_EQ(cut_off(here, "gone"), 201);
  EXPECT_EQ(with_json(here.api(), "/v3/apis", api_to(backend)).status, 201);
  Publisher at_away(away.api());
  at_away.event("t", "before it knows");
  EXPECT_EQ(id_of(client.next_event()), "before it knows");
  await_cluster_state(away, "disconnected", Deadline(kSilenceMax));
  EXPECT_EQ(fetch(away.api(), {.target = "/health/ready"}).status, 200);
  EXPECT_TRUE(
      eventually([&] { return away.metric("rig_nats_connected", {{"purpose", "cluster"}}) == 0; },
                 Deadline(kSilenceMax)));
  at_away.event("t", "alone");
  EXPECT_EQ(id_of(client.next_event()), "alone");

  cluster.heal();
  EXPECT_EQ(gone.next_event().type, "rig.session_killed");
  EXPECT_EQ(status_of_connecting(away, "gone"), kCutOff);
  EXPECT_TRUE(
      eventually([&] { return fetch(away.inbound(), {.target = "/books"}).status == 200; }));
  expect_events_pass(here, client, "t", "again");
}

TEST(ClusterPartition, ANodeThatHearsNothingNoticesAndCatchesUp) {
  Cluster cluster(2, {kKey});
  SseClient client(cluster.node(1).inbound(), {"t"});
  cluster.link(1).cut(Link::Way::kToClient);
  await_cluster_state(cluster.node(1), "disconnected", Deadline(kSilenceMax));
  EXPECT_EQ(cut_off(cluster.node(0), "gone"), 201);
  cluster.heal();
  EXPECT_TRUE(eventually([&] { return status_of_connecting(cluster.node(1), "gone") == kCutOff; }));
  expect_events_pass(cluster.node(0), client, "t", "again");
}

TEST(ClusterPartition, ANodeWhoseConnectionIsResetAgainAndAgainComesBackEachTime) {
  Cluster cluster(2, {kKey});
  SseClient client(cluster.node(1).inbound(), {"t"});
  for (int round = 0; round < 5; ++round) {
    const auto name = std::to_string(round);
    cluster.link(1).refuse();
    await_cluster_state(cluster.node(1), "disconnected");
    EXPECT_EQ(cut_off(cluster.node(0), name), 201);
    cluster.heal();
    EXPECT_TRUE(eventually([&] { return status_of_connecting(cluster.node(1), name) == kCutOff; }));
    expect_events_pass(cluster.node(0), client, "t", name);
  }
}

TEST(ClusterPartition, ANodeWithASilentLinkStopsInOrder) {
  Cluster cluster(2, {kKey});
  const SseClient client(cluster.node(1).inbound(), {"t"});
  Publisher(cluster.node(1).api()).event("t", "1");
  EXPECT_EQ(cut_off(cluster.node(1), "gone"), 201);
  cluster.link(1).cut();
  Publisher(cluster.node(1).api()).event("t", "2");
  cluster.stop(1);
}

TEST(ClusterPartition, ASlowNodeHoldsUpNobodyAndGetsAll) {
  constexpr int kEvents = 500;
  Cluster cluster(3);
  SseClient quick(cluster.node(1).inbound(), {"t"});
  SseClient slow(cluster.node(2).inbound(), {"t"});
  Publisher publisher(cluster.node(0).api());
  cluster.link(2).cut(Link::Way::kToClient);
  for (int i = 0; i < kEvents; ++i) publisher.event("t", std::to_string(i));
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(quick.next_event()), std::to_string(i));
  cluster.link(2).heal();
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(slow.next_event()), std::to_string(i));
}

/// Reads up to a gap and, before or behind it, so many events; throws if another gap comes before.
void expect_gap_and_events(EventClient& client, int events) {
  bool has_gap = false;
  for (int read = 0; !has_gap || read < events;) {
    const auto received = client.next();
    if (received.type == "t") {
      ASSERT_EQ(id_of(received), std::to_string(read++));
    } else if (received.type == "rig.gap") {
      ASSERT_FALSE(std::exchange(has_gap, true)) << "told again";
      EXPECT_EQ(gap_reason(received), "expired");
    }
  }
}

TEST(ClusterPartition, WhatANodeCouldNotKeepIsToldToClientsOfTheOthers) {
  constexpr int kQueueMax = 1'000;      // the least
  constexpr int kKept = kQueueMax - 1;  // the event before may be among them
  constexpr int kLost = 20;
  Cluster cluster(3, {{"CLUSTER_QUEUE_MAX", std::to_string(kQueueMax)}});
  Opening opening{.subscriptions = R"([{"eventType":"t"}])"};
  const auto stays = EventClient::open(Transport::kSse, cluster.node(1).inbound(), opening);
  const auto moves = EventClient::open(Transport::kSse, cluster.node(1).inbound(), opening);
  stays->read_greeting();
  moves->read_greeting();
  Publisher publisher(cluster.node(0).api());
  publisher.event("t", "before");
  EXPECT_EQ(id_of(stays->next_event()), "before");
  EXPECT_EQ(id_of(moves->next_event()), "before");
  opening.cursor = moves->cursor();
  moves->die();

  cluster.link(0).refuse();
  await_cluster_state(cluster.node(0), "disconnected");
  EXPECT_TRUE(eventually(
      [&] { return cluster.node(0).metric("rig_nats_connected", {{"purpose", "cluster"}}) == 0; }));
  for (int i = 0; i < kQueueMax + kLost; ++i) publisher.event("t", std::to_string(i));
  cluster.heal();
  expect_gap_and_events(*stays, kKept);
  expect_gap_and_events(*EventClient::open(Transport::kSse, cluster.node(2).inbound(), opening),
                        kKept);
}

// What the node still hears, of types that it has asked for before, must not count for the new one.
TEST(ClusterPartition, WhoSubscribesWhereTheServerCannotBeAskedMissesNothingLater) {
  Cluster cluster(2);
  auto& here = cluster.node(0);
  auto& away = cluster.node(1);
  const SseClient other(away.inbound(), {"known"});
  cluster.link(1).cut(Link::Way::kToServer);
  Opening opening{.subscriptions = R"([{"eventType":"known"},{"eventType":"new"}])"};
  auto client = EventClient::open(Transport::kSse, away.inbound(), opening);
  client->read_greeting();
  Publisher publisher(here.api());
  publisher.event("new", "1");
  publisher.event("known", "2");
  EXPECT_TRUE(eventually([&] {
    return away.metric("rig_nats_connected", {{"purpose", "cluster"}}) == 0 ||
           away.metric("rig_cluster_messages_total", {{"direction", "in"}, {"kind", "event"}}) != 0;
  }));
  Publisher(away.api()).event("known", "own");
  std::set<std::string> got;
  while (!got.contains("own")) got.insert(id_of(client->next_event()));
  opening.cursor = client->cursor();
  client = EventClient::open(Transport::kSse, here.inbound(), opening);
  while (got.size() < 3) EXPECT_TRUE(got.insert(id_of(client->next_event())).second) << "twice";
  EXPECT_TRUE(got.contains("1"));
}

TEST(ClusterPartition, AnEventThatNatsDoesNotTakeIsToldToClientsOfTheOthers) {
  constexpr std::size_t kTooLarge = std::size_t{3} << 19U;  // NATS takes 1 MiB
  Cluster cluster(2, {{"RIG_REQUEST_BODY_BYTES_MAX", "2MiB"}, {"RIG_OUTBOX_BYTES_MAX", "8MiB"}});
  SseClient here(cluster.node(0).inbound(), {"t"});
  SseClient there(cluster.node(1).inbound(), {"t"});
  Publisher(cluster.node(0).api()).event("t", "large", '"' + std::string(kTooLarge, 'x') + '"');
  EXPECT_EQ(id_of(here.next_event()), "large");
  EXPECT_EQ(there.next_event().type, "rig.gap");
  EXPECT_EQ(cluster.node(0).metric("rig_cluster_lost_messages_total", {{"reason", "too_large"}}),
            1);
}

TEST(ClusterPartition, ALinkWithADelayKeepsTheOrder) {
  constexpr int kEvents = 200;
  Cluster cluster(3);
  cluster.link(0).delay(20ms);
  cluster.link(2).delay(200ms);
  SseClient slow(cluster.node(2).inbound(), {"t"});
  Publisher publisher(cluster.node(0).api());
  for (int i = 0; i < kEvents; ++i) publisher.event("t", std::to_string(i));
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(slow.next_event()), std::to_string(i));
}

/// Publishes as fast as it is answered, in a thread of its own.
class Load {
 public:
  Load(std::uint16_t api, std::string type)
      : thread_([this, api, type = std::move(type)] {
          Publisher publisher(api);
          while (!is_over_) publisher.event(type, std::to_string(published_++));
        }) {}
  ~Load() { (void)stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// How many there were.
  int stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
    return published_;
  }
  [[nodiscard]] int published() const { return published_; }

 private:
  std::atomic<bool> is_over_{false};
  std::atomic<int> published_{0};
  std::thread thread_;
};

TEST(ClusterPartition, TheDeathOfANodeUnderLoadCostsTheOthersNothing) {
  Cluster cluster(3, {{"RIG_OUTBOX_BYTES_MAX", "64MiB"}});
  SseClient at_a(cluster.node(0).inbound(), {"b"});
  SseClient at_b(cluster.node(1).inbound(), {"a"});
  const SseClient at_c(cluster.node(2).inbound(), {"a", "b"});
  Load load_a(cluster.node(0).api(), "a");
  Load load_b(cluster.node(1).api(), "b");
  EXPECT_TRUE(eventually([&] { return load_a.published() > 100 && load_b.published() > 100; }));
  cluster.kill(2);
  const auto so_far = load_a.published();
  EXPECT_TRUE(eventually([&] { return load_a.published() > so_far + 100; }));
  cluster.start(2);
  await_cluster_state(cluster.node(2), "connected");
  SseClient anew(cluster.node(2).inbound(), {"after"});
  const auto of_a = load_a.stop();
  const auto of_b = load_b.stop();
  for (int i = 0; i < of_a; ++i) ASSERT_EQ(id_of(at_b.next_event()), std::to_string(i));
  for (int i = 0; i < of_b; ++i) ASSERT_EQ(id_of(at_a.next_event()), std::to_string(i));
  expect_events_pass(cluster.node(0), anew, "after", "1");
}

}  // namespace
}  // namespace testkit
