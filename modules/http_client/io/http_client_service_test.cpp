#include "io/http_client_service.hpp"

#include "io/testing/client.hpp"

#include <rig/http_client/testing/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <optional>
#include <string>
#include <vector>

// Against real servers on loopback.

namespace rig::http_client {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Reason = Failure::Reason;

constexpr Options kSoon{.timeout = milliseconds(300), .body_bytes_max = 1 << 20};

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

/// Answers the first request of each connection with `bytes`, and closes.
auto answering(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_request();
    peer.write(bytes);
  };
}

/// Answers every request with the connection's number.
void answer_all(Peer& peer) {
  while (!peer.read_request().empty()) peer.write(ok(std::to_string(peer.number())));
}

std::optional<Reason> reason(const Result& result) {
  if (result) return std::nullopt;
  return result.error().reason;
}

TEST(HttpClient, RequestAndResponseAreComplete) {
  std::promise<std::string> seen;
  const Server server([&](Peer& peer) {
    seen.set_value(peer.read_request());
    peer.write("HTTP/1.1 201 Created\r\nX-Some: Thing\r\nContent-Length: 2\r\n\r\nhi");
  });
  Client client;
  const auto result = client.send(
      {"POST", server.url("127.0.0.1", "/a/b?c=d#e"), {{"content-type", "text/plain"}}, "body"});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status, 201);
  EXPECT_EQ(result->body, "hi");
  EXPECT_EQ(result->header("x-some"), "Thing");
  EXPECT_EQ(result->header("x-other"), "");
  const auto request = seen.get_future().get();
  EXPECT_THAT(request, StartsWith("POST /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(request, HasSubstr("content-type: text/plain\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\nbody"));
  EXPECT_EQ(client.requests("response"), 1);
}

TEST(HttpClient, AnswersWithoutBodyAreComplete) {
  Client client;
  for (const std::string status : {"204 No Content", "304 Not Modified"}) {
    const Server server([&](Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 " + status + "\r\n\r\n");
      peer.wait_until_closed();
    });
    EXPECT_TRUE(client.get(server.url())) << status;
  }
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    peer.wait_until_closed();
  });
  const auto result = client.send({"HEAD", server.url(), {}, {}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->header("content-length"), "100");
}

TEST(HttpClient, ChunkedAnswer) {
  const Server server(answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n"
      "Trailer: x\r\n\r\n"));
  Client client;
  const auto result = client.get(server.url());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->body, "abcde");
}

TEST(HttpClient, AnswerUntilTheConnectionCloses) {
  const Server server(answering("HTTP/1.0 200 OK\r\n\r\nall of it"));
  Client client;
  const auto result = client.get(server.url());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->body, "all of it");
  EXPECT_TRUE(client.has_connections(0));
}

TEST(HttpClient, AnswerInPieces) {
  const Server server([](Peer& peer) {
    peer.read_request();
    for (const char c : ok("pieces")) peer.write({&c, 1});
    peer.wait_until_closed();
  });
  Client client;
  const auto result = client.get(server.url());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "pieces");
}

TEST(HttpClient, InterimResponsesAreSkipped) {
  const Server server(answering(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("last")));
  Client client;
  const auto result = client.get(server.url());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->body, "last");
}

TEST(HttpClient, EndlessInterimResponsesAreNoHttp) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "HTTP/1.1 102 Processing\r\n\r\n";
  const Server server(answering(many));
  Client client;
  EXPECT_EQ(reason(client.get(server.url())), Reason::kProtocol);
}

TEST(HttpClient, RedirectsAreAnswers) {
  const Server server(answering(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"));
  Client client;
  const auto result = client.get(server.url());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 302);
}

TEST(HttpClient, GarbageIsNoHttp) {
  Client client;
  for (const std::string answer :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 101 Upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    const Server server(answering(answer));
    EXPECT_EQ(reason(client.get(server.url())), Reason::kProtocol) << answer;
  }
}

TEST(HttpClient, HeaderOverTheLimitIsNoHttp) {
  const Server server(answering("HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x') +
                                "\r\nContent-Length: 0\r\n\r\n"));
  Client client;
  EXPECT_EQ(reason(client.get(server.url())), Reason::kProtocol);
}

TEST(HttpClient, BodyOverTheLimitIsTooLarge) {
  const Options ten{.timeout = milliseconds(5000), .body_bytes_max = 10};
  const std::string eleven(11, 'x');
  Client client;
  for (const std::string& answer :
       {ok(eleven), "HTTP/1.1 200 OK\r\n\r\n" + eleven,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + eleven + "\r\n0\r\n\r\n"}) {
    const Server server(answering(answer));
    EXPECT_EQ(reason(client.get(server.url(), ten)), Reason::kTooLarge) << answer;
  }
  const Server server(answering(ok("0123456789")));
  EXPECT_TRUE(client.get(server.url(), ten));
  EXPECT_EQ(client.requests("too_large"), 3);
}

TEST(HttpClient, AnswerThatEndsEarlyIsNone) {
  Client client;
  for (const std::string answer :
       {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}) {
    const Server server(answering(answer));
    EXPECT_EQ(reason(client.get(server.url())), Reason::kUnreachable) << answer;
    EXPECT_EQ(server.accepted(), 1U);
  }
}

TEST(HttpClient, NobodyThereIsUnreachable) {
  Client client;
  const auto result = client.get(url_of_nobody() + "path?jwt=secret");
  EXPECT_EQ(reason(result), Reason::kUnreachable);
  EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
}

// Longer than a label may be, so the resolver knows without asking anyone.
TEST(HttpClient, UnknownNameIsUnreachable) {
  Client client;
  EXPECT_EQ(reason(client.get("http://" + std::string(64, 'a') + "/")), Reason::kUnreachable);
}

TEST(HttpClient, SilentServerTimesOut) {
  const Server server([](Peer& peer) { peer.wait_until_closed(); });
  Client client;
  EXPECT_EQ(reason(client.get(server.url(), kSoon)), Reason::kTimeout);
  EXPECT_TRUE(client.has_connections(0));
}

TEST(HttpClient, SlowDripTimesOut) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    peer.drip_until_closed();
  });
  Client client;
  EXPECT_EQ(reason(client.get(server.url(), kSoon)), Reason::kTimeout);
}

TEST(HttpClient, WhatCannotBeSentIsRefused) {
  Client client;
  EXPECT_EQ(reason(client.get("ftp://127.0.0.1/")), Reason::kUrl);
  EXPECT_EQ(reason(client.send({"GET", url_of_nobody(), {{"a", "b\r\nc: d"}}, {}})), Reason::kUrl);
  EXPECT_EQ(client.requests("url"), 2);
}

TEST(HttpClientPool, ConnectionIsKept) {
  const Server server(answer_all);
  Client client;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get(server.url())->body, "0");
  EXPECT_EQ(client.connections(), 1);
}

TEST(HttpClientPool, ShardsHaveConnectionsOfTheirOwn) {
  const Server server(answer_all);
  Client client;
  EXPECT_EQ(client.begin({"GET", server.url(), {}, {}}, {}, 0).get()->body, "0");
  EXPECT_EQ(client.begin({"GET", server.url(), {}, {}}, {}, 1).get()->body, "1");
}

TEST(HttpClientPool, ServersHaveConnectionsOfTheirOwn) {
  const Server server(answer_all);
  const Server other(answer_all);
  Client client;
  EXPECT_EQ(client.get(server.url())->body, "0");
  EXPECT_EQ(client.get(server.url("localhost"))->body, "1");
  EXPECT_EQ(client.get(other.url())->body, "0");
  EXPECT_EQ(client.get(server.url())->body, "0");
  EXPECT_EQ(client.connections(), 3);
}

TEST(HttpClientPool, ConnectionThatTheServerWantsToCloseIsNotKept) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    peer.wait_until_closed();
  });
  Client client;
  EXPECT_TRUE(client.get(server.url()));
  EXPECT_TRUE(client.get(server.url()));
  EXPECT_EQ(server.accepted(), 2U);
}

// What is left could be taken for the answer to the next request.
TEST(HttpClientPool, ConnectionWithMoreThanTheAnswerIsNotKept) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write(ok("mine") + ok("smuggled"));
    peer.wait_until_closed();
  });
  Client client;
  EXPECT_EQ(client.get(server.url())->body, "mine");
  EXPECT_EQ(client.get(server.url())->body, "mine");
}

TEST(HttpClientPool, IdleConnectionIsClosedWithThePeer) {
  const Server server(answering(ok("once")));
  Client client;
  EXPECT_TRUE(client.get(server.url()));
  EXPECT_TRUE(client.has_connections(0));
  EXPECT_TRUE(client.get(server.url()));
}

TEST(HttpClientPool, IdleConnectionIsClosedAfterAWhile) {
  std::promise<void> closed;
  const Server server([&](Peer& peer) {
    answer_all(peer);
    closed.set_value();
  });
  HttpClientConfig config;
  config.limits.idle_max = milliseconds(1);
  Client client(config);
  EXPECT_TRUE(client.get(server.url()));
  closed.get_future().get();
  EXPECT_TRUE(client.has_connections(0));
}

TEST(HttpClientPool, StaleConnectionIsReplacedOnce) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write(ok(std::to_string(peer.number())));
    peer.read_request();  // and closes without an answer
  });
  Client client;
  EXPECT_EQ(client.get(server.url())->body, "0");
  EXPECT_EQ(client.get(server.url())->body, "1");
}

TEST(HttpClientPool, RequestWithTheBeginningOfAnAnswerIsNotRepeated) {
  const Server server([](Peer& peer) {
    peer.read_request();
    peer.write(ok("whole"));
    peer.read_request();
    peer.write("HTTP/1.1 2");
  });
  Client client;
  EXPECT_TRUE(client.get(server.url()));
  EXPECT_EQ(reason(client.get(server.url())), Reason::kUnreachable);
  EXPECT_EQ(server.accepted(), 1U);
}

/// One connection, one place to wait.
HttpClientConfig narrow() {
  HttpClientConfig config;
  config.limits.connections_max = 1;
  config.limits.waiting_max = 1;
  return config;
}

TEST(HttpClientPool, RequestsWaitTheirTurnAndTooManyAreRefused) {
  std::promise<void> asked;
  std::promise<void> go_on;
  const Server server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    go_on.get_future().wait();
    peer.write(ok("0"));
    answer_all(peer);
  });
  Client client(narrow());
  auto first = client.begin({"GET", server.url(), {}, {}});
  asked.get_future().wait();
  auto second = client.begin({"GET", server.url(), {}, {}});
  EXPECT_EQ(reason(client.get(server.url())), Reason::kBusy);
  go_on.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(server.accepted(), 1U);
}

TEST(HttpClientPool, WhoWaitsTimesOutToo) {
  const Server server([](Peer& peer) { peer.wait_until_closed(); });
  Client client(narrow());
  auto first = client.begin({"GET", server.url(), {}, {}});
  EXPECT_EQ(reason(client.get(server.url(), kSoon)), Reason::kTimeout);
  client.stop();
  EXPECT_EQ(reason(first.get()), Reason::kUnreachable);
}

TEST(HttpClientPool, StopEndsWhatIsUnderWay) {
  std::promise<void> asked;
  const Server server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    peer.wait_until_closed();
  });
  Client client(narrow());
  auto first = client.begin({"GET", server.url(), {}, {}});
  asked.get_future().wait();
  auto second = client.begin({"GET", server.url(), {}, {}});
  client.stop();
  EXPECT_EQ(reason(first.get()), Reason::kUnreachable);
  EXPECT_EQ(reason(second.get()), Reason::kUnreachable);
  EXPECT_EQ(client.connections(), 0);
}

TEST(HttpClientPool, CancelledCallerFreesItsPlace) {
  std::promise<void> asked;
  const Server server([&](Peer& peer) {
    if (peer.number() > 0) return answer_all(peer);
    peer.read_request();
    asked.set_value();
    peer.wait_until_closed();
  });
  Client client(narrow());
  boost::asio::cancellation_signal signal;
  std::promise<void> ended;
  boost::asio::co_spawn(
      client.executor(), client.service().send({"GET", server.url(), {}, {}}, {}),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](const std::exception_ptr&, const Result&) { ended.set_value(); }));
  asked.get_future().wait();
  boost::asio::post(client.executor(),
                    [&] { signal.emit(boost::asio::cancellation_type::terminal); });
  ended.get_future().wait();
  EXPECT_EQ(client.get(server.url())->body, "1");
}

}  // namespace
}  // namespace rig::http_client
