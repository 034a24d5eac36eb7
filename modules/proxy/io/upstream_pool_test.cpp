#include "io/upstream_pool.hpp"

#include "io/testing/target.hpp"

#include <rig/http_client/testing/server.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using http_client::Peer;
using http_client::Server;
using Outcome = Forwarded::Outcome;

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A backend that answers one request on each connection and takes a second one without an answer.
class Forgetful {
 public:
  Forgetful()
      : server_([this](Peer& peer) {
          for (int i = 0; !peer.read_request().empty(); ++i) {
            ++requests_;
            if (i > 0) return;
            peer.write(kAnswer);
          }
        }) {}

  std::string url() const { return server_.url(); }
  int requests() const { return requests_; }

 private:
  std::atomic<int> requests_{0};
  Server server_;
};

TEST(UpstreamPool, StaleConnectionIsReplacedAtOnce) {
  const Forgetful server;
  TestTarget target;
  for (int i = 0; i < 3; ++i) {
    const auto client = target.client();
    const auto result = target.send(*client, server.url());
    EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
    EXPECT_EQ(client->body, "ok");
  }
  EXPECT_EQ(server.requests(), 5);
}

TEST(UpstreamPool, BodyThatIsHeldIsSentAgain) {
  const Forgetful server;
  TestTarget target;
  for (int i = 0; i < 2; ++i) {
    const auto client = target.client("PUT");
    client->pieces = {"all of it"};
    client->length = 9;
    EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  }
  EXPECT_EQ(server.requests(), 3);
}

TEST(UpstreamPool, BodyThatIsGoneIsNotSentAgain) {
  const Forgetful server;
  TestTarget target;
  const auto first = target.client("PUT");
  EXPECT_EQ(target.send(*first, server.url()).outcome, Outcome::kRelayed);
  const auto client = target.client("PUT");
  client->pieces = {"all ", "of it"};
  client->length = 9;
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kUnreachable);
  EXPECT_FALSE(result.can_be_sent_again);
}

TEST(UpstreamPool, WhatMustNotBeDoneTwiceIsNotSentTwice) {
  const Forgetful server;
  TestTarget target;
  const auto first = target.client();
  EXPECT_EQ(target.send(*first, server.url()).outcome, Outcome::kRelayed);
  const auto client = target.client("POST");
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kUnreachable);
  EXPECT_FALSE(result.can_be_sent_again);
  EXPECT_EQ(server.requests(), 2);
}

// Over and over, as the end may be seen at any point: while idle, or by the look before the
// request.
TEST(UpstreamPool, ConnectionThatThePeerClosedIsNotUsed) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write(kAnswer);
  });
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_TRUE(target.has_connections(0));
  for (int i = 0; i < 200; ++i) {
    const auto other = target.client("POST");
    other->pieces = {"x"};
    other->length = 1;
    const auto result = target.send(*other, server.url());
    // Closed between the look and the request, which nobody can see.
    if (result.outcome == Outcome::kUnreachable) continue;
    EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  }
}

TEST(UpstreamPool, IdleConnectionIsClosed) {
  std::promise<void> closed;
  const Server server([&](Peer& peer) {
    peer.read_request();
    peer.write(kAnswer);
    peer.wait_until_closed();
    closed.set_value();
  });
  HttpTargetConfig config;
  config.idle_max = std::chrono::milliseconds(300);
  TestTarget target(config);
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  closed.get_future().wait();
  EXPECT_TRUE(target.has_connections(0));
}

/// A backend that answers when it is told to.
class Gate {
 public:
  Gate()
      : server_([this](Peer& peer) {
          while (!peer.read_request().empty()) {
            ++requests_;
            requests_.notify_all();
            is_open_.wait(false);
            peer.write(kAnswer);
          }
        }) {}
  ~Gate() { open(); }

  std::string url() const { return server_.url(); }
  std::size_t accepted() const { return server_.accepted(); }
  void wait_for_request() { requests_.wait(0); }
  void open() {
    is_open_ = true;
    is_open_.notify_all();
  }

 private:
  std::atomic<int> requests_{0};
  std::atomic<bool> is_open_{false};
  Server server_;
};

TEST(UpstreamPool, RequestsWaitForAConnectionInOrder) {
  Gate gate;
  HttpTargetConfig config;
  config.connections_max = 1;
  TestTarget target(config);
  std::vector<std::unique_ptr<FakeExchange>> clients;
  std::vector<std::future<Forwarded>> results;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < 5; ++i) {
    clients.push_back(target.client());
    clients.back()->sink = [&order, i](std::string_view) { order.push_back(i); };
    results.push_back(
        target.begin(*clients.back(), TestTarget::request(gate.url(), *clients.back())));
    if (i == 0) gate.wait_for_request();
  }
  target.on_shard([] {});
  gate.open();
  for (auto& result : results) EXPECT_EQ(result.get().outcome, Outcome::kRelayed);
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(gate.accepted(), 1U);
}

TEST(UpstreamPool, TooManyOrTooLongWaitingIsRefused) {
  for (const std::size_t waiting_max : {0U, 5U}) {
    Gate gate;
    HttpTargetConfig config;
    config.connections_max = 1;
    config.waiting_max = waiting_max;
    config.waiting_time_max = std::chrono::milliseconds(250);
    TestTarget target(config);
    const auto first = target.client();
    auto result = target.begin(*first, TestTarget::request(gate.url(), *first));
    gate.wait_for_request();
    const auto second = target.client("POST");
    const auto refused = target.send(*second, gate.url());
    EXPECT_EQ(refused.outcome, Outcome::kBusy);
    EXPECT_TRUE(refused.can_be_sent_again);
    const auto response = failure_response(refused);
    EXPECT_EQ(response.status, 503);
    EXPECT_TRUE(response.headers.find("retry-after"));
    gate.open();
    EXPECT_EQ(result.get().outcome, Outcome::kRelayed);
  }
}

TEST(UpstreamPool, WhoLeavesTheQueueIsNotServed) {
  Gate gate;
  HttpTargetConfig config;
  config.connections_max = 1;
  TestTarget target(config);
  const auto first = target.client();
  auto served = target.begin(*first, TestTarget::request(gate.url(), *first));
  gate.wait_for_request();
  const auto second = target.client();
  auto left = target.begin(*second, TestTarget::request(gate.url(), *second));
  target.on_shard([&] { second->leave(); });
  EXPECT_EQ(left.get().outcome, Outcome::kClientLeft);
  gate.open();
  EXPECT_EQ(served.get().outcome, Outcome::kRelayed);
  const auto third = target.client();
  EXPECT_EQ(target.send(*third, gate.url()).outcome, Outcome::kRelayed);
}

}  // namespace
}  // namespace rig::proxy
