#include "io/http_target.hpp"

#include "io/testing/backends.hpp"
#include "io/testing/target.hpp"

#include <rig/http_client/testing/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

namespace rig::proxy {
namespace {

using http_client::Peer;
using http_client::Server;
using Outcome = Forwarded::Outcome;

TEST(HttpTarget, EventsPassOneByOneAndMayBeFarApart) {
  std::promise<void> go_on;
  std::promise<void> go_on_again;
  const Server server([&](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    go_on.get_future().wait();
    peer.write("data: 1\n\n");
    go_on_again.get_future().wait();
    peer.write("data: 2\n\n");
  });
  TestTarget target(impatient());
  const auto client = target.client();
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  EXPECT_TRUE(target.eventually([&] { return client->writes == 1; }));  // the head is flushed
  go_on.set_value();
  EXPECT_TRUE(target.eventually([&] { return client->body == "data: 1\n\n"; }));
  // Longer than a backend may be silent otherwise.
  EXPECT_EQ(result.wait_for(std::chrono::milliseconds(1200)), std::future_status::timeout);
  go_on_again.set_value();
  EXPECT_EQ(result.get().outcome, Outcome::kRelayed);
  EXPECT_EQ(client->body, "data: 1\n\ndata: 2\n\n");
}

void echo(Peer& peer) {
  peer.read_request();
  peer.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nwelcome ");
  for (auto bytes = peer.read_some(); !bytes.empty() && bytes != "bye"; bytes = peer.read_some())
    peer.write(bytes);
}

TEST(HttpTarget, UpgradedConnectionUntilTheClientCloses) {
  const Server server(echo);
  TestTarget target(impatient());
  const auto client = target.client();
  client->is_held_back = true;
  auto request =
      TestTarget::request(server.url(), *client, "Connection: upgrade\r\nUpgrade: echo\r\n");
  request.is_upgrade = true;
  auto result = target.begin(*client, std::move(request));
  EXPECT_TRUE(target.eventually([&] { return client->body == "welcome "; }));
  EXPECT_EQ(result.wait_for(std::chrono::milliseconds(1200)), std::future_status::timeout);
  target.on_shard([&] { client->give("hello"); });
  EXPECT_TRUE(target.eventually([&] { return client->body == "welcome hello"; }));
  target.on_shard([&] { client->leave(); });
  const auto got = result.get();
  EXPECT_EQ(got.outcome, Outcome::kRelayed);
  EXPECT_EQ(got.status, 101);
  EXPECT_EQ(got.bytes_up, 5U);
  EXPECT_EQ(got.bytes_down, 13U);
  EXPECT_TRUE(target.has_connections(0));
}

TEST(HttpTarget, UpgradedConnectionUntilTheBackendCloses) {
  const Server server(echo);
  TestTarget target;
  const auto client = target.client();
  client->is_held_back = true;
  client->pieces = {"bye"};
  auto request = TestTarget::request(server.url(), *client);
  request.is_upgrade = true;
  EXPECT_EQ(target.send(*client, std::move(request)).outcome, Outcome::kRelayed);
  EXPECT_TRUE(client->is_switched);
  EXPECT_TRUE(target.has_connections(0));
}

TEST(HttpTarget, UpgradeMayBeRefused) {
  const Server server(answering("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"));
  TestTarget target;
  const auto client = target.client();
  auto request = TestTarget::request(server.url(), *client);
  request.is_upgrade = true;
  EXPECT_EQ(target.send(*client, std::move(request)).outcome, Outcome::kRelayed);
  EXPECT_EQ(client->answer->status, 426);
}

TEST(HttpTarget, StopEndsWhatIsUnderWay) {
  std::promise<void> asked;
  const Server server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client();
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  asked.get_future().wait();
  target.stop();
  EXPECT_EQ(result.get().outcome, Outcome::kUnreachable);
  const auto late = target.client();
  EXPECT_EQ(target.send(*late, server.url()).outcome, Outcome::kBusy);
}

}  // namespace
}  // namespace rig::proxy
