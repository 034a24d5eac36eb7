// The HTTP door under every kind of client: slow, broken, greedy and hostile. What is right is
// RFC 9110 and 9112; after each test the gateway serves the next client.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace testkit {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using namespace std::string_literals;

constexpr std::string_view kHealth = "GET /_rig/health HTTP/1.1\r\nhost: h\r\n\r\n";

const std::string kPost =
    "POST /_rig/v1/events HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n";
const std::string kChunkedPost = kPost + "transfer-encoding: chunked\r\n\r\n";

std::string chunk(std::string_view payload, std::string_view extension = {}) {
  std::ostringstream size;
  size << std::hex << payload.size() << extension;
  return size.str() + "\r\n" + std::string(payload) + "\r\n";
}

class HttpDoor : public ::testing::Test {
 protected:
  void start(const Environment& settings) { gateway_.emplace(settings); }
  Gateway& gateway() {
    if (!gateway_) gateway_.emplace();
    return *gateway_;
  }
  RawSocket connect() { return RawSocket(gateway().inbound()); }

  /// What is answered to these bytes, sent at once on a connection of their own.
  HttpReply answer_to(std::string_view bytes) {
    auto socket = connect();
    (void)socket.try_send(bytes);
    return read_reply(socket);
  }
  /// As `answer_to`, and the connection is closed afterwards: its framing cannot be trusted.
  HttpReply last_answer_to(std::string_view bytes) {
    auto socket = connect();
    (void)socket.try_send(bytes);
    auto reply = read_reply(socket);
    EXPECT_EQ(socket.read_to_end(), "") << "after " << bytes.substr(0, 200);
    return reply;
  }
  void TearDown() override {
    EXPECT_TRUE(eventually([this] {
      return fetch(gateway().inbound(), {.target = "/_rig/health"}).body == "OK";
    })) << "the gateway does not serve any more";
  }

 private:
  std::optional<Gateway> gateway_;
};

TEST_F(HttpDoor, ARequestMayComeByteByByte) {
  auto socket = connect();
  const auto event = event_json("t", "1");
  auto request = publish_request(event);
  request.target = "/_rig/v1/events";
  for (const char c : to_bytes(request)) socket.send({&c, 1});
  const auto reply = read_reply(socket);
  EXPECT_EQ(reply.status, 202);
  EXPECT_TRUE(same_json(reply.body, event));
}

TEST_F(HttpDoor, AStreamCanBeOpenedByteByByte) {
  auto socket = connect();
  for (const char c : to_bytes(sse_request(subscriptions_to({"a"})))) socket.send({&c, 1});
  EXPECT_EQ(read_reply_head(socket).status, 200);
  EXPECT_THAT(read_chunk(socket), ::testing::StartsWith("event: rig.connection.create\n"));
}

TEST_F(HttpDoor, PipelinedRequestsAreAnsweredInOrder) {
  auto socket = connect();
  auto publish = publish_request(event_json("t", "1"));
  publish.target = "/_rig/v1/events";
  std::string all;
  for (int i = 0; i < 50; ++i)
    all.append(kHealth)
        .append(to_bytes(publish))
        .append("GET /nothing HTTP/1.1\r\nhost: h\r\n\r\n");
  socket.send(all);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(read_reply(socket).body, "OK");
    ASSERT_EQ(read_reply(socket).status, 202);
    ASSERT_EQ(read_reply(socket).status, 404);
  }
}

TEST_F(HttpDoor, AStreamMayFollowOtherRequests) {
  auto socket = connect();
  socket.send(std::string(kHealth) + to_bytes(sse_request({})));
  EXPECT_EQ(read_reply(socket).body, "OK");
  EXPECT_EQ(read_reply_head(socket).header("transfer-encoding"), "chunked");
  EXPECT_THAT(read_chunk(socket), ::testing::StartsWith("event: rig.connection.create\n"));
}

TEST_F(HttpDoor, AConnectionServesManyRequests) {
  HttpClient client(gateway().inbound());
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.request({.target = "/_rig/health"}).body, "OK");
}

TEST_F(HttpDoor, ConnectionCloseIsObeyed) {
  const auto reply =
      last_answer_to("GET /_rig/health HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST_F(HttpDoor, Http10ClosesUnlessAskedToKeepTheConnection) {
  EXPECT_EQ(last_answer_to("GET /_rig/health HTTP/1.0\r\n\r\n").body, "OK");
  auto socket = connect();
  for (int i = 0; i < 2; ++i) {
    socket.send("GET /_rig/health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
    EXPECT_EQ(read_reply(socket).body, "OK");
  }
}

TEST_F(HttpDoor, HeadIsAnsweredAsGetWithoutTheBody) {
  HttpClient client(gateway().inbound());
  const auto get = client.request({.target = "/_rig/health"});
  const auto head = client.request({.method = "HEAD", .target = "/_rig/health"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), get.header("content-length"));
  EXPECT_EQ(head.header("content-type"), get.header("content-type"));
  EXPECT_EQ(client.request({.target = "/_rig/health"}).body, "OK") << "a body followed the head";
}

TEST_F(HttpDoor, EveryAnswerTellsTheDate) {
  EXPECT_THAT(
      answer_to(kHealth).header("date").value_or(""),
      ::testing::MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"));
}

TEST_F(HttpDoor, UnknownPathsAreNotFound) {
  for (const auto* path :
       {"/", "/_rig", "/_rig/", "/_rig/v1", "/_rig/v1/connection/sse/x", "/%5Frig/unknown"}) {
    const auto reply = fetch(gateway().inbound(), {.target = path});
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.body, R"({"message":"Not Found"})") << path;
  }
}

// What a server behind could take for another host (quirk P1).
TEST_F(HttpDoor, APathThatLooksLikeAHostIsRefused) {
  EXPECT_EQ(fetch(gateway().inbound(), {.target = "//_rig/health"}).status, 400);
}

TEST_F(HttpDoor, AnotherMethodOnAKnownPathIsNotAllowed) {
  for (const auto& [method, path, allowed] :
       std::vector<std::array<std::string, 3>>{{"POST", "/_rig/health", "GET"},
                                               {"DELETE", "/_rig/v1/events", "POST"},
                                               {"GET", "/_rig/v1/events", "POST"},
                                               {"POST", std::string(kSsePath), "GET"},
                                               {"BREW", "/_rig/health", "GET"}}) {
    const auto reply = fetch(gateway().inbound(), {.method = method, .target = path});
    EXPECT_EQ(reply.status, 405) << method << path;
    EXPECT_THAT(reply.header("allow").value_or(""), HasSubstr(allowed)) << method << path;
  }
}

TEST_F(HttpDoor, ChunkedRequestBodiesAreTaken) {
  const auto event = event_json("t", "1");
  const auto reply = answer_to(kChunkedPost + chunk(event.substr(0, 5), ";ext=\"1\"") +
                               chunk(event.substr(5)) + "0\r\ntrailer: x\r\n\r\n");
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_TRUE(same_json(reply.body, event)) << reply.body;
}

TEST_F(HttpDoor, AnAbsoluteTargetIsThePathOfIt) {
  // RFC 9112, 3.2.2: a server must accept the absolute form.
  EXPECT_EQ(answer_to("GET http://h/_rig/health HTTP/1.1\r\nhost: h\r\n\r\n").body, "OK");
}

TEST_F(HttpDoor, AnEmptyLineBeforeTheRequestIsPassedOver) {
  EXPECT_EQ(answer_to("\r\n" + std::string(kHealth)).body, "OK");
}

TEST_F(HttpDoor, AClientThatExpectsIsToldToContinue) {
  auto socket = connect();
  const auto event = event_json("t", "1");
  socket.send(
      "POST /_rig/v1/events HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\nexpect: "
      "100-continue\r\ncontent-length: " +
      std::to_string(event.size()) + "\r\n\r\n");
  EXPECT_EQ(read_reply(socket).status, 100);
  socket.send(event);
  EXPECT_EQ(read_reply(socket).status, 202);
  socket.send(kHealth);
  EXPECT_EQ(read_reply(socket).body, "OK");
}

TEST_F(HttpDoor, ABodyThatIsTooLargeIsRefusedBeforeItIsSent) {
  const auto reply = last_answer_to(
      "POST /_rig/v1/events HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\nexpect: "
      "100-continue\r\n"
      "content-length: 1048577\r\n\r\n");
  EXPECT_EQ(reply.status, 413);
}

TEST_F(HttpDoor, ALargeBodyOnTheWayIsAnsweredWith413) {
  start({{"RIG_REQUEST_BODY_BYTES_MAX", "64KiB"}});
  const std::string body(4U << 20U, 'x');
  EXPECT_EQ(
      last_answer_to(kPost + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body)
          .status,
      413);
  std::string chunks;
  while (chunks.size() < body.size()) chunks += chunk(body.substr(0, 16U << 10U));
  EXPECT_EQ(last_answer_to(kChunkedPost + chunks).status, 413);
}

TEST_F(HttpDoor, HeadersOverTheLimitAreRefusedWith431) {
  EXPECT_EQ(last_answer_to("GET /_rig/health HTTP/1.1\r\nhost: h\r\nx: " +
                           std::string(20'000, 'x') + "\r\n\r\n")
                .status,
            431);
  std::string many = "GET /_rig/health HTTP/1.1\r\nhost: h\r\n";
  for (int i = 0; i < 5000; ++i) many += "x" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(last_answer_to(many + "\r\n").status, 431);
}

TEST_F(HttpDoor, HeadersThatNeverEndAreRefusedWith431) {
  EXPECT_EQ(
      last_answer_to("GET /_rig/health HTTP/1.1\r\nhost: h\r\nx: " + std::string(200'000, 'x'))
          .status,
      431);
}

TEST_F(HttpDoor, ATargetOverTheLimitIsRefusedWith414) {
  EXPECT_EQ(
      last_answer_to("GET /_rig/health?" + std::string(9'000, 'x') + " HTTP/1.1\r\nhost: h\r\n\r\n")
          .status,
      414);
  EXPECT_EQ(last_answer_to("GET /" + std::string(100'000, 'x')).status, 414);
}

TEST_F(HttpDoor, LimitsAreSettings) {
  start({{"RIG_REQUEST_HEADER_BYTES_MAX", "1KiB"}, {"RIG_REQUEST_TARGET_BYTES_MAX", "100"}});
  EXPECT_EQ(last_answer_to("GET /_rig/health HTTP/1.1\r\nhost: h\r\nx: " + std::string(2'000, 'x') +
                           "\r\n\r\n")
                .status,
            431);
  EXPECT_EQ(last_answer_to("GET /" + std::string(200, 'x') + " HTTP/1.1\r\nhost: h\r\n\r\n").status,
            414);
}

TEST_F(HttpDoor, AStalledRequestHeadIsAnsweredWith408) {
  start({{"RIG_REQUEST_HEADER_TIMEOUT", "200ms"}});
  for (const auto* start_of_a_request :
       {"G", "GET /_rig/health HTTP/1.1\r\n", "GET /_rig/health HTTP/1.1\r\nhost: h\r\n"}) {
    EXPECT_EQ(last_answer_to(start_of_a_request).status, 408) << start_of_a_request;
  }
}

TEST_F(HttpDoor, AStalledRequestBodyIsAnsweredWith408) {
  start({{"RIG_REQUEST_BODY_TIMEOUT", "200ms"}});
  EXPECT_EQ(last_answer_to("POST /_rig/v1/events HTTP/1.1\r\nhost: h\r\ncontent-type: "
                           "application/json\r\ncontent-length: 10\r\n\r\n{")
                .status,
            408);
}

TEST_F(HttpDoor, AnIdleConnectionIsClosedSilently) {
  start({{"RIG_KEEP_ALIVE_TIMEOUT", "200ms"}});
  auto used = connect();
  used.send(kHealth);
  EXPECT_EQ(read_reply(used).body, "OK");
  EXPECT_EQ(used.read_to_end(), "");
  EXPECT_EQ(connect().read_to_end(), "");
}

TEST_F(HttpDoor, AStreamOutlivesEveryTimeoutOfRequests) {
  start({{"RIG_KEEP_ALIVE_TIMEOUT", "100ms"},
         {"RIG_REQUEST_HEADER_TIMEOUT", "100ms"},
         {"RIG_REQUEST_BODY_TIMEOUT", "100ms"},
         {"RIG_HEARTBEAT_INTERVAL", "250ms"}});
  SseClient client(gateway().inbound(), {"a"});
  for (int i = 0; i < 4; ++i) ASSERT_EQ(client.next_chunk(), ": heartbeat\n\n");
}

TEST_F(HttpDoor, ConnectionsOverTheLimitAreRefusedWith503) {
  start({{"RIG_SHARDS", "1"}, {"RIG_CONNECTIONS_MAX", "4"}});
  std::vector<RawSocket> held;
  const auto is_refused = [&] {
    held.push_back(connect());
    (void)held.back().try_send(kHealth);
    return read_reply(held.back()).status == 503;
  };
  int served = 0;
  while (!is_refused()) ASSERT_LT(++served, 10);
  EXPECT_EQ(held.back().read_to_end(), "");
  held.clear();
  EXPECT_TRUE(eventually([&] { return !is_refused(); })) << "places are not given back";
}

TEST_F(HttpDoor, AClientThatAsksWithoutReadingIsHeldBackAndCut) {
  start({{"RIG_REQUEST_BODY_TIMEOUT", "300ms"}});
  (void)connect();
  const auto before = gateway().resident_memory();
  RawSocket socket(gateway().inbound(), 4096);
  std::string many;
  while (many.size() < 100'000) many += kHealth;
  // Each of these requests is answered with five times its size; a gateway that kept all that would
  // need gigabytes.
  for (int i = 0; i < 5000 && socket.try_send(many); ++i) continue;
  EXPECT_FALSE(socket.try_send(many)) << "the gateway goes on for a client that reads nothing";
  EXPECT_LT(gateway().resident_memory(), before + (64U << 20U) + kMemoryKeptBack);
}

TEST_F(HttpDoor, WhatBelongsToAChunkedBodyIsBoundedToo) {
  const std::string junk(300'000, 'x');
  EXPECT_THAT(last_answer_to(kChunkedPost + "2;" + junk).status, AnyOf(400, 413, 431));
  EXPECT_THAT(last_answer_to(kChunkedPost + "0\r\nx: " + junk).status, AnyOf(400, 413, 431));
  std::string trailers;
  for (int i = 0; i < 20'000; ++i) trailers += "x" + std::to_string(i) + ": 1\r\n";
  EXPECT_THAT(last_answer_to(kChunkedPost + "0\r\n" + trailers).status, AnyOf(400, 413, 431));
  EXPECT_THAT(last_answer_to(kChunkedPost + "0000" + std::string(300'000, '0')).status,
              AnyOf(400, 413, 431));
}

TEST_F(HttpDoor, AChunkedBodyOfHttp10IsTheLastOfItsConnection) {
  // RFC 9112, 6.1: the framing of such a request cannot be trusted.
  const auto event = event_json("t", "1");
  auto request = kChunkedPost + chunk(event) + "0\r\n\r\n" + std::string(kHealth);
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  EXPECT_THAT(last_answer_to(request).status, AnyOf(202, 400));
}

struct Bad {
  const char* name;
  std::string bytes;

  friend void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
};

class BadRequest : public HttpDoor, public ::testing::WithParamInterface<Bad> {};

TEST_P(BadRequest, IsRefusedAndTheConnectionClosed) {
  EXPECT_THAT(last_answer_to(GetParam().bytes).status, AnyOf(400, 501, 505));
}

INSTANTIATE_TEST_SUITE_P(
    HttpDoor, BadRequest,
    ::testing::Values(
        Bad{"Garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n\r\n"s},
        Bad{"Text", "hello\r\n\r\n"}, Bad{"OnlySpaces", "     \r\n\r\n"},
        Bad{"NoVersion", "GET /_rig/health\r\n\r\n"},
        Bad{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        Bad{"VersionThatDoesNotExist", "GET /_rig/health HTTP/9.9\r\nhost: h\r\n\r\n"},
        Bad{"TwoLengths", kPost + "content-length: 2\r\ncontent-length: 3\r\n\r\n{}"},
        Bad{"LengthIsNoNumber", kPost + "content-length: two\r\n\r\n{}"},
        Bad{"LengthIsNegative", kPost + "content-length: -1\r\n\r\n{}"},
        Bad{"LengthOverflows", kPost + "content-length: 99999999999999999999999\r\n\r\n{}"},
        Bad{"LengthAndChunked",
            kPost + "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"},
        Bad{"UnknownTransferCoding", kPost + "transfer-encoding: gzip\r\n\r\n{}"},
        Bad{"ChunkedIsNotLast", kPost + "transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n"},
        Bad{"ChunkedTwice", kPost + "transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
        Bad{"AlmostChunked", kPost + "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"},
        Bad{"TwoTransferEncodings",
            kPost + "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n"},
        Bad{"LengthWithSign", kPost + "content-length: +2\r\n\r\n{}"},
        Bad{"LengthIsHexadecimal", kPost + "content-length: 0x2\r\n\r\n{}"},
        Bad{"LengthIsEmpty", kPost + "content-length:\r\n\r\n{}"},
        Bad{"ChunkSizeIsNoNumber", kChunkedPost + "xyz\r\n"},
        Bad{"ChunkSizeOverflows", kChunkedPost + "FFFFFFFFFFFFFFFFFF\r\n"},
        Bad{"ChunkWithoutEnd", kChunkedPost + "2\r\n{}xx0\r\n\r\n"},
        Bad{"BareCarriageReturnInAHeader", "GET /_rig/health HTTP/1.1\r\nhost: h\rx: y\r\n\r\n"},
        Bad{"FoldedHeader", "GET /_rig/health HTTP/1.1\r\nhost: h\r\nx: a\r\n b: c\r\n\r\n"},
        Bad{"FoldedByATab", "GET /_rig/health HTTP/1.1\r\nhost: h\r\nx: a\r\n\tb: c\r\n\r\n"},
        Bad{"SpaceBeforeTheFirstHeader", "GET /_rig/health HTTP/1.1\r\n host: h\r\n\r\n"},
        Bad{"FoldedHeaderOfAPost", kPost + "content-length: 2\r\n 3\r\n\r\n{}"},
        Bad{"BareLineFeeds", "GET /_rig/health HTTP/1.1\nhost: h\n\n"},
        Bad{"BareLineFeedInAHeader", "GET /_rig/health HTTP/1.1\r\nhost: h\nx: y\r\n\r\n"},
        Bad{"NulInAHeader", "GET /_rig/health HTTP/1.1\r\nhost: h\r\nx: a\0b\r\n\r\n"s},
        Bad{"NulInTheTarget", "GET /_rig/he\0alth HTTP/1.1\r\nhost: h\r\n\r\n"s},
        Bad{"SpaceBeforeTheColon", "GET /_rig/health HTTP/1.1\r\nhost : h\r\n\r\n"},
        Bad{"HeaderWithoutColon", "GET /_rig/health HTTP/1.1\r\nhost: h\r\nnonsense\r\n\r\n"},
        Bad{"SpaceInTheTarget", "GET /_rig/health and more HTTP/1.1\r\nhost: h\r\n\r\n"},
        Bad{"NoHost", "GET /_rig/health HTTP/1.1\r\n\r\n"},
        Bad{"TwoHosts", "GET /_rig/health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace testkit
