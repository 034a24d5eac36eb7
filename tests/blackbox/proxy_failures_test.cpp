// Backends that are down, silent or wrong, and clients that try to have a request read in two ways.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;
using namespace std::string_literals;

const std::string kEndpoints =
    endpoint("get", "GET", "/.*") + "," + endpoint("post", "POST", "/.*");
const std::string kGet = "GET /x HTTP/1.1\r\nhost: h\r\n\r\n";

class ProxyFailuresTest : public ::testing::Test {
 protected:
  ProxyFailuresTest()
      : gateway_(proxying(api_definition("a", backend_.port(), kEndpoints),
                          {{"PROXY_RECV_TIMEOUT", "1s"}})) {}

  RawSocket connect() { return RawSocket(gateway_.inbound()); }
  /// A client that asks, and the connection on which its request has come.
  std::pair<RawSocket, RawSocket> ask(const std::string& request = kGet) {
    auto client = connect();
    client.send(request);
    auto backend = backend_.accept();
    (void)read_request(backend);
    return {std::move(client), std::move(backend)};
  }
  double counted(const std::string& status) {
    return gateway_.metric("rig_proxy_requests_total", {{"status", status}});
  }
  /// The next client has an answer.
  void expect_well() {
    auto [client, backend] = ask();
    backend.send(answer_bytes(200, "well"));
    EXPECT_EQ(read_reply(client).body, "well");
  }

  Listener backend_;
  Gateway gateway_;
};

void expect_bad_gateway(RawSocket& client) {
  const auto reply = read_reply(client);
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(reply.body, "Bad gateway.");
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
}

TEST(ProxyFailures, Vector17BackendIsDown) {
  std::uint16_t port = 0;
  {
    const Listener gone;
    port = gone.port();
  }
  Gateway gateway(proxying(api_definition("a", port, kEndpoints)));
  HttpClient client(gateway.inbound());
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.request({.target = "/x"});
    EXPECT_EQ(reply.status, 502);
    EXPECT_EQ(reply.body, "Bad gateway.");
  }
  EXPECT_EQ(gateway.metric("rig_proxy_requests_total", {{"status", "unreachable"}}), 2);
}

TEST(ProxyFailures, NameThatIsUnknown) {
  auto definition = api_definition("a", 1, kEndpoints);
  const std::string address = "127.0.0.1";
  definition.replace(definition.find(address), address.size(), "no-such-host.invalid");
  const Gateway gateway(proxying(definition));
  EXPECT_EQ(fetch(gateway.inbound(), {.target = "/x"}).status, 502);
}

TEST_F(ProxyFailuresTest, Vector17BackendIsSilent) {
  auto [client, backend] = ask();
  expect_bad_gateway(client);
  EXPECT_EQ(backend.read_to_end(), "");
  EXPECT_EQ(counted("request_timeout"), 1);
  expect_well();
}

TEST_F(ProxyFailuresTest, SilenceBehind100) {
  auto [client, backend] = ask();
  backend.send("HTTP/1.1 100 Continue\r\n\r\n");
  expect_bad_gateway(client);
  expect_well();
}

// A cut body must never look like a whole one.
TEST_F(ProxyFailuresTest, BodyIsCut) {
  for (const bool is_chunked : {false, true}) {
    auto [client, backend] = ask();
    backend.send(is_chunked ? "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n"s
                            : "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart"s);
    (void)read_reply_head(client);
    EXPECT_EQ(is_chunked ? read_chunk(client) : client.read_exactly(4), "part");
    backend.close();
    EXPECT_THAT(client.read_to_end(), IsEmpty());
    EXPECT_TRUE(client.was_reset());
  }
  expect_well();
}

// To a client for which the end of the connection is the end of the body, too.
TEST_F(ProxyFailuresTest, BodyOfAnOldClientIsCut) {
  auto [client, backend] = ask("GET /x HTTP/1.0\r\nhost: h\r\n\r\n");
  backend.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n");
  (void)read_reply_head(client);
  EXPECT_EQ(client.read_exactly(4), "part");
  backend.close();
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.was_reset());
}

TEST_F(ProxyFailuresTest, SilenceInTheBody) {
  auto [client, backend] = ask();
  backend.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart");
  (void)read_reply_head(client);
  EXPECT_EQ(client.read_exactly(4), "part");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.was_reset());
}

TEST_F(ProxyFailuresTest, WrongAnswersAreBadGateways) {
  const std::vector<std::string> answers{
      "garbage\r\n\r\n",
      "\x16\x03\x01\x02 TLS",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/2.0 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
      "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n"s,
      "HTTP/1.1 101 Nobody Asked\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nx: " + std::string(2 << 20, 'x') + "\r\n\r\n",
  };
  for (const auto& answer : answers) {
    auto [client, backend] = ask();
    (void)backend.try_send(answer);
    SCOPED_TRACE(answer.substr(0, 60));
    backend.shutdown_send();
    expect_bad_gateway(client);
  }
  expect_well();
}

TEST_F(ProxyFailuresTest, BackendEndsWithoutAnAnswer) {
  for (const bool resets : {false, true}) {
    auto [client, backend] = ask();
    resets ? backend.reset() : backend.close();
    expect_bad_gateway(client);
  }
  EXPECT_EQ(counted("unreachable"), 2);
}

// Each byte is a sign of life: it takes longer than the silence that is allowed.
TEST_F(ProxyFailuresTest, SlowDripIsNoSilence) {
  auto [client, backend] = ask();
  backend.send("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n");
  (void)read_reply_head(client);
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(eventually([] { return false; }, Deadline(std::chrono::milliseconds(200))));
    backend.send("x");
    EXPECT_EQ(client.read_exactly(1), "x");
  }
}

TEST_F(ProxyFailuresTest, KeptConnectionThatIsStale) {
  {
    auto [client, backend] = ask();
    backend.send(answer_bytes(200, "ok"));
    EXPECT_EQ(read_reply(client).body, "ok");
  }
  expect_well();
}

// The backend closes a kept connection just when a request has come: what may be repeated is sent
// again, on a new one.
TEST_F(ProxyFailuresTest, KeptConnectionEndsUnderARequest) {
  for (const std::string method : {"GET", "POST"}) {
    auto client = connect();
    const auto request = method + " /x HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n";
    client.send(request);
    auto backend = backend_.accept();
    (void)read_request(backend);
    backend.send(answer_bytes(200, "first"));
    EXPECT_EQ(read_reply(client, method).body, "first");
    client.send(request);
    (void)read_request(backend);
    backend.close();
    if (method == "POST") {
      expect_bad_gateway(client);
      continue;
    }
    auto third = backend_.accept();
    (void)read_request(third);
    third.send(answer_bytes(200, "again"));
    EXPECT_EQ(read_reply(client).body, "again");
  }
}

TEST(ProxyFailures, TooManyForOneBackend) {
  Listener backend;
  const Gateway gateway(proxying(
      api_definition("a", backend.port(), kEndpoints),
      {{"RIG_SHARDS", "1"}, {"RIG_PROXY_CONNECTIONS_MAX", "1"}, {"RIG_PROXY_WAITING_MAX", "0"}}));
  RawSocket first(gateway.inbound());
  first.send(kGet);
  auto upstream = backend.accept();
  (void)read_request(upstream);
  const auto refused = fetch(gateway.inbound(), {.target = "/x"});
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.header("retry-after"));
  upstream.send(answer_bytes(200, "ok"));
  EXPECT_EQ(read_reply(first).body, "ok");
}

TEST(ProxyFailures, RequestTakesTooLongInAll) {
  Listener backend;
  const Gateway gateway(proxying(api_definition("a", backend.port(), kEndpoints),
                                 {{"RIG_PROXY_TOTAL_TIMEOUT", "500ms"}}));
  RawSocket client(gateway.inbound());
  client.send(kGet);
  auto upstream = backend.accept();
  (void)read_request(upstream);
  expect_bad_gateway(client);
  EXPECT_EQ(upstream.read_to_end(), "");
}

// A request of which two readers could see different ends, or one that nobody should send.
TEST(ProxySmuggling, NothingReachesTheBackend) {
  const Backend backend;
  const Gateway gateway(proxying(api_definition("a", backend.port(), kEndpoints)));
  const std::string post = "POST /x HTTP/1.1\r\nhost: h\r\n";
  const std::string hidden = "GET /hidden HTTP/1.1\r\nhost: h\r\n\r\n";
  const std::vector<std::string> heads{
      post + "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "content-length: 5\r\ncontent-length: 6\r\n\r\nxxxxxx",
      post + "content-length: 5, 6\r\n\r\nxxxxxx",
      post + "content-length: +5\r\n\r\nxxxxx",
      post + "content-length: -1\r\n\r\n",
      post + "content-length: 0x5\r\n\r\nxxxxx",
      post + "content-length: 99999999999999999999999\r\n\r\n",
      post + "content-length : 5\r\n\r\nxxxxx",
      post + "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
      post + "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      post + "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
      post + "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      post +
          "transfer-encoding:\x0b"
          "chunked\r\n\r\n0\r\n\r\n",
      post + "x: a\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "x: a\r\n transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n",
      post + "x: a\rb\r\ncontent-length: 0\r\n\r\n",
      post + "x: a\0b\r\ncontent-length: 0\r\n\r\n"s,
      post + "x: a\x01\r\ncontent-length: 0\r\n\r\n",
      post + "x y: a\r\ncontent-length: 0\r\n\r\n",
      post + "host: other\r\ncontent-length: 0\r\n\r\n",
      "POST /x HTTP/1.1\ncontent-length: 0\nhost: h\n\n",
      "POST /x\x01 HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n",
      "POST /x y HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n",
      "POST /x HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
      "POST /x HTTP/1.0\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  };
  for (const auto& head : heads) {
    RawSocket client(gateway.inbound());
    (void)client.try_send(head + hidden);
    SCOPED_TRACE(::testing::PrintToString(head));
    EXPECT_THAT(read_reply(client).status, AnyOf(400, 413, 501));
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_THAT(backend.requests(), IsEmpty());
}

// By the time that a wrong chunk comes the backend has the head: it never sees a whole request, and
// none behind it.
TEST(ProxySmuggling, WrongChunksEndTheRequest) {
  const Backend backend;
  const Gateway gateway(proxying(api_definition("a", backend.port(), kEndpoints)));
  for (const auto& chunks : std::vector<std::string>{
           "g\r\nx\r\n0\r\n\r\n", "-1\r\nx\r\n0\r\n\r\n", "0x1\r\nx\r\n0\r\n\r\n",
           "1\nx\r\n0\r\n\r\n", "1\r\nxy\r\n0\r\n\r\n", "1 \r\nx\n0\r\n\r\n",
           "fffffffffffffffff\r\nx\r\n", "1;a\nb\r\nx\r\n0\r\n\r\n", "\r\nx\r\n0\r\n\r\n"}) {
    RawSocket client(gateway.inbound());
    (void)client.try_send("POST /x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n" +
                          chunks + "GET /hidden HTTP/1.1\r\nhost: h\r\n\r\n");
    SCOPED_TRACE(::testing::PrintToString(chunks));
    EXPECT_EQ(read_reply(client).status, 400);
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_THAT(backend.requests(), IsEmpty());
}

}  // namespace
}  // namespace testkit
