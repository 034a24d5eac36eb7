// Gateways on a cluster of NATS servers, of which one dies, or which falls apart.
#include "testkit/cluster.hpp"
#include "testkit/deadline.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_cluster.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/tokens.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

constexpr int kCutOff = 401;
constexpr int kCreated = 201;
/// Servers notice after 10 s that their leader lost the others, and elect one within 4 to 9 s, as
/// often as it takes until one of them has most of the votes.
constexpr std::chrono::seconds kElections{60};

/// A gateway on these servers, with a client.
class Place {
 public:
  explicit Place(std::string url)
      : gateway_({{"CLUSTER_URL", std::move(url)},
                  {"CLUSTER_SECRET", std::string(kClusterSecret)},
                  {"CLUSTER_REPLICAS", "3"},
                  {"JWT_SECRET_KEY", std::string(kTokenSecret)}}) {
    await_connected();
    client_ =
        std::make_unique<SseClient>(gateway_.inbound(), std::initializer_list<std::string>{"t"});
  }

  void await_connected() { await_cluster_state(gateway_, "connected", Deadline(kElections)); }
  void publish(const std::string& id) { Publisher(gateway_.api()).event("t", id); }
  /// Publishes something itself and reads up to that: whether the other event came before.
  bool has_got(const std::string& id) {
    const auto mark = "mark-" + std::to_string(marks_++);
    publish(mark);
    std::string read;
    while (read != mark) {
      read = json_at(client_->next_event().data, "/id").value_or("none");
      got_.insert(read);
    }
    return got_.contains(id);
  }
  /// True if it holds now.
  bool cut_off(const std::string& session) {
    return fetch(gateway_.api(),
                 {.method = "POST",
                  .target = "/v3/session-blacklist",
                  .headers = {{"content-type", "application/json"}},
                  .body = R"({"sessionId":")" + session + R"(","validityInSeconds":3600})"})
               .status == kCreated;
  }
  bool refuses(const std::string& session) {
    auto request = sse_request("[]");
    request.target += "&jwt=" + session_token(session);
    RawSocket socket(gateway_.inbound());
    socket.send(to_bytes(request));
    return read_reply_head(socket).status == kCutOff;
  }

 private:
  Gateway gateway_;
  std::unique_ptr<SseClient> client_;
  std::set<std::string> got_;
  int marks_ = 0;
};

/// Servers tell each other in their own time who listens where: it is published again until it
/// comes.
void expect_events_pass(Place& from, Place& to, const std::string& name) {
  int tries = 0;
  EXPECT_TRUE(eventually([&] {
    const auto id = name + "-" + std::to_string(tries++);
    from.publish(id);
    return eventually([&] { return to.has_got(id); }, Deadline(std::chrono::seconds(1)));
  })) << name;
}

TEST(ClusterServers, EachOfThemMayDieTheLeaderToo) {
  NatsCluster servers;
  std::vector<std::unique_ptr<Place>> places;
  for (std::size_t i = 0; i < NatsCluster::kServers; ++i)
    places.push_back(std::make_unique<Place>(servers.all_urls()));
  for (std::size_t i = 0; i < NatsCluster::kServers; ++i) {
    const auto name = "without-" + std::to_string(i);
    servers.server(i).kill();
    for (auto& place : places) place->await_connected();
    expect_events_pass(*places[0], *places[1], name + "-a");
    expect_events_pass(*places[1], *places[2], name + "-b");
    EXPECT_TRUE(eventually([&] { return places[i]->cut_off(name); }, Deadline(kElections))) << name;
    for (auto& place : places)
      EXPECT_TRUE(eventually([&] { return place->refuses(name); })) << name;
    servers.server(i).start();
    EXPECT_TRUE(eventually([&] { return servers.server(i).is_healthy(); })) << "or two are missing";
  }
  Place late(servers.all_urls());
  for (const auto* name : {"without-0", "without-1", "without-2"})
    EXPECT_TRUE(late.refuses(name)) << name;
}

TEST(ClusterServers, TwoHalvesServeTheirClientsAndBecomeOneAgain) {
  NatsCluster servers;
  Place a(servers.url(0));
  Place b(servers.url(1));
  Place c(servers.url(2));
  expect_events_pass(a, c, "together");
  expect_events_pass(c, b, "together-too");

  servers.link_of_last().refuse();
  expect_events_pass(a, b, "larger-half");
  expect_events_pass(c, c, "smaller-half");
  a.publish("not-for-c");
  EXPECT_FALSE(c.has_got("not-for-c")) << "there is a way around the link";
  EXPECT_TRUE(eventually([&] { return a.cut_off("gone"); }, Deadline(kElections)))
      << "the larger half may change things";

  servers.link_of_last().heal();
  expect_events_pass(a, c, "again");
  expect_events_pass(c, a, "again-too");
  EXPECT_TRUE(eventually([&] { return c.refuses("gone"); }));
}

}  // namespace
}  // namespace testkit
