#include "io/http_target.hpp"

#include "io/testing/backends.hpp"
#include "io/testing/target.hpp"

#include <rig/http_client/testing/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <tuple>

namespace rig::proxy {
namespace {

using http_client::Peer;
using http_client::Server;
using testing::HasSubstr;
using transport::Exchange;
using Outcome = Forwarded::Outcome;

// Failures before the head.

struct Misbehaviour {
  const char* name;
  std::function<void(Peer&)> serve;
  Outcome outcome;
};

class HttpTargetFailure : public testing::TestWithParam<Misbehaviour> {};

TEST_P(HttpTargetFailure, NothingIsRelayed) {
  const Server server(GetParam().serve);
  TestTarget target(impatient());
  const auto client = target.client();
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, GetParam().outcome) << result.reason;
  EXPECT_TRUE(result.can_be_sent_again);
  EXPECT_THAT(result.reason, HasSubstr("127.0.0.1"));
  EXPECT_FALSE(client->answer);
  EXPECT_FALSE(client->is_aborted);
  EXPECT_TRUE(target.has_connections(0));
  const auto response = failure_response(result);
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.body, "Bad gateway.");
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpTargetFailure,
    testing::Values(
        Misbehaviour{"Closes", closing_after(""), Outcome::kUnreachable},
        Misbehaviour{"HalfAHead", closing_after("HTTP/1.1 200 OK\r\nContent-Le"),
                     Outcome::kUnreachable},
        Misbehaviour{"Garbage", answering_once("SSH-2.0-OpenSSH_9.2\r\n"), Outcome::kUnreachable},
        Misbehaviour{"TwoLengths",
                     answering_once("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                                    "Content-Length: 2\r\n\r\nab"),
                     Outcome::kUnreachable},
        Misbehaviour{"BareLineFeed", answering_once("HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
                     Outcome::kUnreachable},
        Misbehaviour{"EndlessHead",
                     [](Peer& peer) {
                       peer.read_request();
                       peer.write("HTTP/1.1 200 OK\r\n");
                       for (int i = 0; i < 100; ++i)
                         peer.write("X-Some: " + std::string(4000, 'v') + "\r\n");
                       peer.wait_until_closed();
                     },
                     Outcome::kUnreachable},
        Misbehaviour{"EndlessInterims",
                     [](Peer& peer) {
                       peer.read_request();
                       for (int i = 0; i < 100; ++i) peer.write("HTTP/1.1 102 Processing\r\n\r\n");
                       peer.wait_until_closed();
                     },
                     Outcome::kUnreachable},
        Misbehaviour{"UpgradeUnasked",
                     answering_once("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
                     Outcome::kUnreachable},
        Misbehaviour{"Reset",
                     [](Peer& peer) {
                       peer.read_request();
                       peer.reset_at_end();
                     },
                     Outcome::kUnreachable},
        Misbehaviour{"Silent", answering_once(""), Outcome::kRequestTimeout},
        Misbehaviour{"ContinueThenSilent", answering_once("HTTP/1.1 100 Continue\r\n\r\n"),
                     Outcome::kRequestTimeout}),
    [](const auto& info) { return info.param.name; });

TEST(HttpTarget, NobodyListens) {
  TestTarget target;
  const auto client = target.client();
  auto url = http_client::url_of_nobody();
  url.pop_back();
  const auto result = target.send(*client, url);
  EXPECT_EQ(result.outcome, Outcome::kUnreachable);
  EXPECT_TRUE(result.can_be_sent_again);
  EXPECT_THAT(result.reason, HasSubstr("refused"));
}

TEST(HttpTarget, NameOfNobody) {
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, "http://nobody.invalid:80").outcome, Outcome::kUnreachable);
}

TEST(HttpTarget, ServerByName) {
  const Server server(answering(ok("named")));
  TestTarget target;
  for (int i = 0; i < 2; ++i) {
    const auto client = target.client();
    EXPECT_EQ(target.send(*client, server.url("localhost")).outcome, Outcome::kRelayed);
  }
  EXPECT_EQ(server.accepted(), 1U);
}

// Failures behind the head: the client must see that something is missing.

class HttpTargetCut : public testing::TestWithParam<Misbehaviour> {};

TEST_P(HttpTargetCut, ClientSeesTheCut) {
  const Server server(GetParam().serve);
  TestTarget target(impatient());
  const auto client = target.client();
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kCut);
  EXPECT_FALSE(result.can_be_sent_again);
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(client->body, "half");
  EXPECT_TRUE(client->is_aborted);
  EXPECT_FALSE(client->is_finished);
  EXPECT_TRUE(target.has_connections(0));
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpTargetCut,
    testing::Values(Misbehaviour{"ClosesInTheBody",
                                 closing_after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
                                 Outcome::kCut},
                    Misbehaviour{
                        "ClosesBetweenChunks",
                        closing_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                      "4\r\nhalf\r\n"),
                        Outcome::kCut},
                    Misbehaviour{"SilentInTheBody",
                                 answering_once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
                                 Outcome::kCut},
                    Misbehaviour{"BadChunk",
                                 [](Peer& peer) {
                                   peer.read_request();
                                   peer.write(
                                       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "4\r\nhalf\r\n");
                                   peer.write("nonsense\r\n");
                                   peer.wait_until_closed();
                                 },
                                 Outcome::kCut}),
    [](const auto& info) { return info.param.name; });

TEST(HttpTarget, DripIsBoundedInAll) {
  HttpTargetConfig config;
  config.total_timeout = std::chrono::milliseconds(500);
  TestTarget target(config);
  const Server before_head([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nX-Slow: ");
    peer.drip_until_closed();
  });
  const auto client = target.client();
  const auto result = target.send(*client, before_head.url());
  EXPECT_EQ(result.outcome, Outcome::kRequestTimeout) << result.reason;
  const Server in_body([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n\r\n");
    peer.drip_until_closed();
  });
  const auto other = target.client();
  EXPECT_EQ(target.send(*other, in_body.url()).outcome, Outcome::kCut);
  EXPECT_TRUE(other->is_aborted);
}

// The client's side.

TEST(HttpTarget, ClientThatLeavesEndsTheRequest) {
  std::promise<void> asked;
  std::promise<void> closed;
  const Server server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    peer.wait_until_closed();
    closed.set_value();
  });
  TestTarget target;
  const auto client = target.client();
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  asked.get_future().wait();
  target.on_shard([&] { client->leave(); });
  EXPECT_EQ(result.get().outcome, Outcome::kClientLeft);
  closed.get_future().wait();
  EXPECT_TRUE(target.has_connections(0));
}

TEST(HttpTarget, ClientThatLeavesInTheAnswerEndsIt) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n\r\nfirst");
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client();
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  EXPECT_TRUE(target.eventually([&] { return client->body == "first"; }));
  target.on_shard([&] { client->leave(); });
  EXPECT_EQ(result.get().outcome, Outcome::kClientLeft);
}

TEST(HttpTarget, BadBodyOfTheClient) {
  std::atomic<int> completed{0};
  const Server server([&](Peer& peer) {
    if (peer.read_request().ends_with("all of it")) ++completed;
  });
  TestTarget target;
  for (const auto& [failure, outcome, status] :
       {std::tuple(Exchange::Failure::kInvalid, Outcome::kBadRequest, 400),
        std::tuple(Exchange::Failure::kTooSlow, Outcome::kRequestTooSlow, 408),
        std::tuple(Exchange::Failure::kClientLeft, Outcome::kClientLeft, 0)}) {
    for (const bool is_begun : {false, true}) {
      const auto client = target.client("POST");
      client->length = 9;
      if (is_begun) client->pieces = {"all "};
      client->read_failure = failure;
      const auto result = target.send(*client, server.url());
      EXPECT_EQ(result.outcome, outcome);
      EXPECT_FALSE(result.can_be_sent_again);
      if (status != 0) {
        EXPECT_EQ(failure_response(result).status, status);
      }
    }
  }
  EXPECT_TRUE(target.has_connections(0));
  EXPECT_EQ(completed, 0);
}

TEST(HttpTarget, SlowUploadIsNoSilenceOfTheBackend) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write(ok("got it"));
    peer.wait_until_closed();
  });
  TestTarget target(impatient());
  const auto client = target.client("POST");
  client->pieces = {"first"};
  client->length = 10;
  client->is_held_back = true;
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  // The backend says nothing for longer than it may, as it waits itself.
  EXPECT_EQ(result.wait_for(std::chrono::milliseconds(1200)), std::future_status::timeout);
  target.on_shard([&] {
    client->pieces.emplace_back("again");
    client->go_on();
  });
  EXPECT_EQ(result.get().outcome, Outcome::kRelayed);
  EXPECT_EQ(client->body, "got it");
}

}  // namespace
}  // namespace rig::proxy
