// Bodies of any size pass through the proxy as they come, both ways, with little memory; so do
// event streams and upgraded connections. The backend is the test itself, step by step.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace testkit {
namespace {

constexpr std::size_t kLarge = std::size_t{64} << 20U;
constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::size_t kMemoryGrowthMax = std::size_t{16} << 20U;

std::string piece_of(std::size_t number) {
  std::string piece(kPiece, static_cast<char>('a' + number % 26));
  piece.replace(0, 8, std::to_string(10'000'000 + number));
  return piece;
}

class ProxyStreamingTest : public ::testing::Test {
 protected:
  explicit ProxyStreamingTest(const Environment& settings = {})
      : gateway_(proxying(
            api_definition("a", backend_.port(),
                           endpoint("get", "GET", "/.*") + "," + endpoint("post", "POST", "/.*")),
            settings)) {}

  RawSocket connect() { return RawSocket(gateway_.inbound()); }

  /// Reads all that `send_pieces` sends, and looks again and again what is held meanwhile: whoever
  /// sends is ahead as far as the gateway lets it.
  void expect_pieces(RawSocket& socket) {
    constexpr std::size_t kBetweenLooks = 16;
    for (std::size_t i = 0; i < kLarge / kPiece; ++i) {
      if (i % kBetweenLooks == 0) held_ = std::max(held_, gateway_.resident_memory());
      ASSERT_TRUE(socket.read_exactly(kPiece) == piece_of(i)) << "piece " << i;
    }
  }

  Listener backend_;
  Gateway gateway_;
  std::size_t held_ = 0;
};

const std::string kGet = "GET /x HTTP/1.1\r\nhost: h\r\n\r\n";
const std::string kChunkedAnswer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

std::string chunk(std::string_view payload) {
  std::ostringstream size;
  size << std::hex << payload.size();
  return size.str() + "\r\n" + std::string(payload) + "\r\n";
}

void send_pieces(RawSocket& socket) {
  for (std::size_t i = 0; i < kLarge / kPiece; ++i) socket.send(piece_of(i));
}

TEST_F(ProxyStreamingTest, LargeUpload) {
  auto client = connect();
  const auto before = gateway_.resident_memory();
  const std::jthread sender([&] {
    client.send("POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: " + std::to_string(kLarge) +
                "\r\n\r\n");
    send_pieces(client);
  });
  auto backend = backend_.accept();
  EXPECT_EQ(read_request_head(backend).header("content-length"), std::to_string(kLarge));
  expect_pieces(backend);
  EXPECT_LT(held_, before + kMemoryGrowthMax + kMemoryKeptBack);
  backend.send(answer_bytes(200, "got it"));
  EXPECT_EQ(read_reply(client, "POST").body, "got it");
}

TEST_F(ProxyStreamingTest, LargeDownload) {
  auto client = connect();
  const auto before = gateway_.resident_memory();
  client.send(kGet);
  auto backend = backend_.accept();
  (void)read_request(backend);
  const std::jthread sender([&] {
    backend.send("HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(kLarge) + "\r\n\r\n");
    send_pieces(backend);
  });
  EXPECT_EQ(read_reply_head(client).header("content-length"), std::to_string(kLarge));
  expect_pieces(client);
  EXPECT_LT(held_, before + kMemoryGrowthMax + kMemoryKeptBack);
}

TEST_F(ProxyStreamingTest, ChunksStayChunks) {
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n" + chunk("one"));
  auto backend = backend_.accept();
  const auto head = read_request_head(backend);
  EXPECT_EQ(head.header("transfer-encoding"), "chunked");
  EXPECT_FALSE(head.header("content-length"));
  EXPECT_EQ(read_chunk(backend), "one");
  client.send(chunk("two") + "0\r\n\r\n");
  EXPECT_EQ(read_chunk(backend), "two");
  EXPECT_EQ(read_chunk(backend), "");
  backend.send(kChunkedAnswer + chunk("three"));
  EXPECT_EQ(read_reply_head(client).header("transfer-encoding"), "chunked");
  EXPECT_EQ(read_chunk(client), "three");
  backend.send("0\r\n\r\n");
  EXPECT_EQ(read_chunk(client), "");
}

TEST_F(ProxyStreamingTest, EachEventOfABackendPassesAtOnce) {
  auto client = connect();
  client.send(kGet);
  auto backend = backend_.accept();
  (void)read_request(backend);
  backend.send(
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: "
      "chunked\r\n\r\n");
  EXPECT_EQ(read_reply_head(client).header("content-type"), "text/event-stream");
  for (const auto* event : {"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}) {
    backend.send(chunk(event));
    EXPECT_EQ(read_chunk(client), event);
  }
}

// What ends with the connection has chunks for a client that knows them.
TEST_F(ProxyStreamingTest, AnswerUntilTheConnectionEnds) {
  auto client = connect();
  client.send(kGet);
  {
    auto backend = backend_.accept();
    (void)read_request(backend);
    backend.send("HTTP/1.1 200 OK\r\n\r\nall of it");
  }
  const auto reply = read_reply(client);
  EXPECT_EQ(reply.header("transfer-encoding"), "chunked");
  EXPECT_EQ(reply.body, "all of it");
}

TEST_F(ProxyStreamingTest, UpgradedConnectionCarriesAnyBytes) {
  auto client = connect();
  client.send(
      "GET /socket HTTP/1.1\r\nhost: h\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
      "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
  auto backend = backend_.accept();
  const auto request = read_request_head(backend);
  EXPECT_EQ(request.header("upgrade"), "websocket");
  EXPECT_EQ(request.header("connection"), "upgrade");
  EXPECT_EQ(request.header("sec-websocket-key"), "AAAAAAAAAAAAAAAAAAAAAA==");
  // The first bytes come with the head.
  backend.send(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
      "sec-websocket-accept: x\r\n\r\nhello");
  const auto reply = read_reply_head(client);
  EXPECT_EQ(reply.status, 101);
  EXPECT_EQ(reply.header("upgrade"), "websocket");
  EXPECT_EQ(reply.header("sec-websocket-accept"), "x");
  EXPECT_EQ(client.read_exactly(5), "hello");
  const std::string bytes("\0\xff\r\n\r\n0\r\n\r\n", 11);
  client.send(bytes);
  EXPECT_EQ(backend.read_exactly(bytes.size()), bytes);
  backend.send(bytes);
  EXPECT_EQ(client.read_exactly(bytes.size()), bytes);
  backend.close();
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ProxyStreamingTest, ClientLeavesAnUpgradedConnection) {
  auto client = connect();
  client.send("GET /x HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: mine\r\n\r\n");
  auto backend = backend_.accept();
  (void)read_request_head(backend);
  backend.send("HTTP/1.1 101 Fine\r\nconnection: upgrade\r\nupgrade: mine\r\n\r\n");
  EXPECT_EQ(read_reply_head(client).status, 101);
  client.send("last");
  EXPECT_EQ(backend.read_exactly(4), "last");
  client.close();
  EXPECT_EQ(backend.read_to_end(), "");
}

TEST_F(ProxyStreamingTest, UpgradeThatABackendDeclines) {
  auto client = connect();
  client.send("GET /x HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: mine\r\n\r\n");
  auto backend = backend_.accept();
  (void)read_request_head(backend);
  backend.send(answer_bytes(200, "no"));
  EXPECT_EQ(read_reply(client).body, "no");
  client.send(kGet);
  (void)read_request(backend);
  backend.send(answer_bytes(200, "next"));
  EXPECT_EQ(read_reply(client).body, "next");
}

TEST_F(ProxyStreamingTest, ClientIsToldToContinue) {
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  auto backend = backend_.accept();
  EXPECT_EQ(read_request(backend).body, "body");
  backend.send("HTTP/1.1 100 Continue\r\n\r\n" + answer_bytes(200, "ok"));
  EXPECT_EQ(read_reply(client, "POST").status, 200);
}

// Nobody is told to continue with what no endpoint takes.
TEST_F(ProxyStreamingTest, ClientThatExpectsIsRefusedFirst) {
  auto client = connect();
  client.send("PUT /x HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_EQ(read_reply(client, "PUT").status, 405);
}

TEST_F(ProxyStreamingTest, EarlyHintsArePassedOn) {
  auto client = connect();
  client.send(kGet);
  auto backend = backend_.accept();
  (void)read_request(backend);
  backend.send("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
  const auto hints = read_reply_head(client);
  EXPECT_EQ(hints.status, 103);
  EXPECT_EQ(hints.header("link"), "</a>");
  backend.send(answer_bytes(200, "ok"));
  EXPECT_EQ(read_reply(client).body, "ok");
}

TEST_F(ProxyStreamingTest, PipelinedRequestsAreAnsweredInOrder) {
  auto client = connect();
  client.send(
      "POST /1 HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\none"
      "POST /2 HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
      "GET /_rig/health HTTP/1.1\r\nhost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nhost: h\r\n\r\n");
  auto backend = backend_.accept();
  for (const auto& [target, body] : {std::pair("/1", "one"), {"/2", "two"}}) {
    const auto request = read_request(backend);
    EXPECT_EQ(request.target, target);
    EXPECT_EQ(request.body, body);
    backend.send(answer_bytes(200, target));
    EXPECT_EQ(read_reply(client, "POST").body, target);
  }
  EXPECT_EQ(read_reply(client).status, 200);
  EXPECT_EQ(read_request(backend).target, "/3");
  backend.send(answer_bytes(200, "/3"));
  EXPECT_EQ(read_reply(client).body, "/3");
}

TEST_F(ProxyStreamingTest, AnswersWithoutABody) {
  auto client = connect();
  std::optional<RawSocket> backend;
  for (const auto* head : {"HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n",
                           "HTTP/1.1 304 Not Modified\r\nx-a: 1\r\netag: \"x\"\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 0\r\n\r\n"}) {
    client.send(kGet);
    if (!backend) backend.emplace(backend_.accept());
    (void)read_request(*backend);
    backend->send(head);
    const auto reply = read_reply(client);
    EXPECT_EQ(reply.header("x-a"), "1");
    EXPECT_EQ(reply.body, "");
  }
}

TEST_F(ProxyStreamingTest, OldClient) {
  auto client = connect();
  client.send("GET /x HTTP/1.0\r\nhost: h\r\n\r\n");
  auto backend = backend_.accept();
  (void)read_request(backend);
  backend.send("HTTP/1.1 103 Early Hints\r\n\r\n" + kChunkedAnswer + chunk("one") + chunk("two") +
               "0\r\n\r\n");
  const auto reply = read_reply(client);
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.header("transfer-encoding"));
  EXPECT_EQ(reply.body, "onetwo");
}

TEST_F(ProxyStreamingTest, ClientThatLeavesEndsTheRequest) {
  for (const bool has_begun : {false, true}) {
    auto client = connect();
    client.send(kGet);
    auto backend = backend_.accept();
    (void)read_request(backend);
    if (has_begun) {
      backend.send(kChunkedAnswer + chunk("one"));
      (void)read_reply_head(client);
      EXPECT_EQ(read_chunk(client), "one");
    }
    client.close();
    EXPECT_EQ(backend.read_to_end(), "") << has_begun;
  }
}

TEST_F(ProxyStreamingTest, ClientThatLeavesInItsBody) {
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\npart");
  auto backend = backend_.accept();
  (void)read_request_head(backend);
  EXPECT_EQ(backend.read_exactly(4), "part");
  client.close();
  EXPECT_EQ(backend.read_to_end(), "");
}

TEST_F(ProxyStreamingTest, AnswerWhileTheBodyIsStillComing) {
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\npart");
  auto backend = backend_.accept();
  (void)read_request_head(backend);
  backend.send(answer_bytes(413, "too much"));
  const auto reply = read_reply(client, "POST");
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.body, "too much");
  client.shutdown_send();
  EXPECT_EQ(client.read_to_end(), "");  // what is left of the body is no next request
}

// A request that runs ends by the definition that it began with.
TEST_F(ProxyStreamingTest, EndpointIsDeletedWhileARequestRuns) {
  auto client = connect();
  client.send(kGet);
  auto backend = backend_.accept();
  (void)read_request(backend);
  EXPECT_EQ(fetch(gateway_.api(), {.method = "DELETE", .target = "/v3/apis/a"}).status, 204);
  backend.send(answer_bytes(200, "still"));
  EXPECT_EQ(read_reply(client).body, "still");
  client.send(kGet);
  EXPECT_EQ(read_reply(client).status, 404);
}

TEST_F(ProxyStreamingTest, StopWaitsForRequestsThatRun) {
  auto client = connect();
  client.send(kGet);
  auto backend = backend_.accept();
  (void)read_request(backend);
  gateway_.process().signal(SIGTERM);
  EXPECT_TRUE(eventually([this] {
    try {
      (void)connect();
      return false;
    } catch (const Failure&) {
      return true;  // nobody accepts any more
    }
  }));
  backend.send(answer_bytes(200, "at last"));
  const auto reply = read_reply(client);
  EXPECT_EQ(reply.body, "at last");
  EXPECT_EQ(client.read_to_end(), "");
  gateway_.expect_exit(0);
}

}  // namespace
}  // namespace testkit
