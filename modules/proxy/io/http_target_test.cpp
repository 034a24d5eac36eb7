#include "io/http_target.hpp"

#include "io/testing/backends.hpp"
#include "io/testing/target.hpp"

#include <rig/http_client/testing/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

namespace rig::proxy {
namespace {

using http_client::Peer;
using http_client::Server;
using testing::ElementsAre;
using testing::HasSubstr;
using transport::BodyFraming;
using Outcome = Forwarded::Outcome;

TEST(HttpTarget, RequestAndAnswerAreComplete) {
  std::promise<std::string> seen;
  const Server server([&](Peer& peer) {
    seen.set_value(peer.read_request());
    peer.write("HTTP/1.1 201 Done so\r\nX-Some: Thing\r\nContent-Length: 2\r\n\r\nhi");
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client();
  const auto result =
      target.send(*client, TestTarget::request(server.url(), *client, "X-A: b\r\n"));
  EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  EXPECT_EQ(result.status, 201);
  EXPECT_EQ(result.bytes_down, 2U);
  EXPECT_EQ(seen.get_future().get(), "GET /path HTTP/1.1\r\nHost: there\r\nX-A: b\r\n\r\n");
  ASSERT_TRUE(client->answer);
  EXPECT_EQ(client->answer->reason, "Done so");
  EXPECT_EQ(client->answer->headers.find("x-some"), "Thing");
  EXPECT_EQ(client->framing.kind, BodyFraming::Kind::kLength);
  EXPECT_EQ(client->framing.length, 2U);
  EXPECT_EQ(client->body, "hi");
  EXPECT_EQ(client->writes, 1U);
  EXPECT_TRUE(client->is_finished);
}

TEST(HttpTarget, ConnectionIsKept) {
  const Server server(answering(ok("again")));
  TestTarget target;
  for (int i = 0; i < 5; ++i) {
    const auto client = target.client(i % 2 == 0 ? "GET" : "POST");
    EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
    EXPECT_EQ(client->body, "again");
  }
  EXPECT_EQ(server.accepted(), 1U);
  EXPECT_EQ(target.connections(), 1);
}

TEST(HttpTarget, ConnectionIsNotKeptIfTheBackendSaysSo) {
  const Server server(
      answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_TRUE(target.has_connections(0));
}

TEST(HttpTarget, BytesBehindTheAnswerEndTheConnection) {
  const Server server(answering(ok("one") + ok("poison")));
  TestTarget target;
  for (int i = 0; i < 3; ++i) {
    const auto client = target.client();
    EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
    EXPECT_EQ(client->body, "one");
  }
}

TEST(HttpTarget, BodyOfKnownLengthGoesUp) {
  std::promise<std::string> seen;
  const Server server([&](Peer& peer) {
    seen.set_value(peer.read_request());
    peer.write(ok(""));
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client("POST");
  client->pieces = {"some ", "body in ", "pieces"};
  client->length = 19;
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  EXPECT_EQ(result.bytes_up, 19U);
  EXPECT_THAT(seen.get_future().get(), HasSubstr("Content-Length: 19\r\n\r\nsome body in pieces"));
  EXPECT_EQ(target.connections(), 1);
}

TEST(HttpTarget, ChunkedBodyGoesUpInChunks) {
  std::promise<std::string> seen;
  const Server server([&](Peer& peer) {
    std::string all;
    while (!all.ends_with("0\r\n\r\n")) all += peer.read_some();
    seen.set_value(all);
    peer.write(ok(""));
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client("POST");
  client->pieces = {"some", std::string(16, 'x')};
  client->is_chunked = true;
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_THAT(seen.get_future().get(),
              HasSubstr("Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n10\r\nxxxxxxxxxxxxxxxx\r\n"
                        "0\r\n\r\n"));
  EXPECT_EQ(target.connections(), 1);
}

TEST(HttpTarget, HeadOfAChunkedRequestDoesNotWaitForItsBody) {
  std::promise<void> seen;
  const Server server([&](Peer& peer) {
    peer.read_some();
    seen.set_value();
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client("POST");
  client->is_chunked = client->is_held_back = true;
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  seen.get_future().wait();
  target.on_shard([&] { client->leave(); });
  EXPECT_EQ(result.get().outcome, Outcome::kClientLeft);
}

TEST(HttpTarget, ChunksOfTheAnswerAreGathered) {
  const Server server(
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n"
                "0\r\nTrailer: x\r\n\r\n"));
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_EQ(client->framing.kind, BodyFraming::Kind::kChunked);
  EXPECT_EQ(client->body, "abcde");
  EXPECT_EQ(client->writes, 1U);
  EXPECT_EQ(target.connections(), 1);
}

TEST(HttpTarget, AnswerUntilTheConnectionCloses) {
  const Server server(closing_after("HTTP/1.0 200 OK\r\n\r\nall of it"));
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_EQ(client->framing.kind, BodyFraming::Kind::kChunked);
  EXPECT_EQ(client->body, "all of it");
  EXPECT_TRUE(client->is_finished);
  EXPECT_TRUE(target.has_connections(0));
}

TEST(HttpTarget, HalfOfTheConnectionClosedByTheBackendEndsTheAnswer) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n\r\nall of it");
    peer.finish_writing();
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_EQ(client->body, "all of it");
}

TEST(HttpTarget, AnswersWithoutBody) {
  TestTarget target;
  for (const std::string status : {"204 No Content", "304 Not Modified"}) {
    const Server server(answering("HTTP/1.1 " + status + "\r\n\r\n"));
    const auto client = target.client();
    EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed) << status;
    EXPECT_EQ(client->framing.kind, BodyFraming::Kind::kNone);
    EXPECT_TRUE(client->is_finished);
  }
  const Server server(answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
  for (int i = 0; i < 2; ++i) {
    const auto client = target.client("HEAD");
    EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
    EXPECT_EQ(client->framing.kind, BodyFraming::Kind::kNone);
    EXPECT_EQ(client->answer->headers.find("content-length"), "100");
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST(HttpTarget, HeadServedByGetHasNoBody) {
  const Server server(answering(ok("not for HEAD")));
  TestTarget target;
  for (int i = 0; i < 2; ++i) {
    const auto client = target.client("HEAD");
    auto request = TestTarget::request(server.url(), *client);
    request.is_head = false;
    request.head.replace(0, 4, "GET");
    EXPECT_EQ(target.send(*client, std::move(request)).outcome, Outcome::kRelayed);
    EXPECT_EQ(client->body, "");
    EXPECT_TRUE(client->is_finished);
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST(HttpTarget, InterimAnswersPassButContinue) {
  const Server server(answering(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("last")));
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_THAT(client->interims, ElementsAre(103));
  EXPECT_EQ(client->body, "last");
}

TEST(HttpTarget, AnswerInSmallestPieces) {
  const Server server([](Peer& peer) {
    while (!peer.read_request().empty()) {
      const std::string all =
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n3\r\nefg\r\n0\r\n\r\n";
      for (const char c : all) peer.write({&c, 1});
    }
  });
  TestTarget target;
  for (int i = 0; i < 3; ++i) {
    const auto client = target.client();
    EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
    EXPECT_EQ(client->body, "abcdefg");
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST(HttpTarget, AnswerBeforeTheEndOfTheRequest) {
  const Server server([](Peer& peer) {
    peer.read_some();
    peer.write(ok("too large"));
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client("POST");
  client->pieces = {"begin"};
  client->length = 1000;
  client->is_held_back = true;
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_EQ(client->body, "too large");
  EXPECT_TRUE(target.has_connections(0));
}

TEST(HttpTarget, HeadLargerThanTheBuffer) {
  const std::string value(20'000, 'v');
  const Server server(
      answering("HTTP/1.1 200 OK\r\nX-Large: " + value + "\r\nContent-Length: 3\r\n\r\nabc"));
  TestTarget target;
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, server.url()).outcome, Outcome::kRelayed);
  EXPECT_EQ(client->answer->headers.find("x-large"), value);
  EXPECT_EQ(client->body, "abc");
}

TEST(HttpTarget, UnwantedAnswerIsThrownAway) {
  const Server server(answering("HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nAccepted."));
  TestTarget target;
  target.rules.discarded_status = 202;
  for (int i = 0; i < 2; ++i) {
    const auto client = target.client("POST");
    const auto result = target.send(*client, server.url());
    EXPECT_EQ(result.outcome, Outcome::kDiscarded);
    EXPECT_EQ(result.status, 202);
    EXPECT_FALSE(client->answer);
    EXPECT_FALSE(client->is_finished);
  }
  EXPECT_EQ(server.accepted(), 1U);
}

}  // namespace
}  // namespace rig::proxy
