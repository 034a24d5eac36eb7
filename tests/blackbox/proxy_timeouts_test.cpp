// Backends that take too long, each part of an exchange by itself.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace testkit {
namespace {

using ::testing::IsEmpty;

/// The settings would wait for ever.
const Environment kPatient = {{"PROXY_RECV_TIMEOUT", "1h"}, {"RIG_PROXY_CONNECT_TIMEOUT", "1h"}};
const std::string kGet = "GET /x HTTP/1.1\r\nhost: h\r\n\r\n";

class ProxyTimeoutsTest : public ::testing::Test {
 protected:
  /// A gateway whose API, or its only endpoint, has these timeouts.
  void start(const std::string& timeouts, bool at_endpoint = false) {
    const auto member = R"(,"timeouts":{)" + timeouts + "}";
    gateway_.emplace(
        proxying(api_of("a", targets_on({backend_.port()}) + (at_endpoint ? "" : member),
                        endpoint("get", "GET", "/.*", at_endpoint ? member : "")),
                 kPatient));
  }
  /// A client that asks, and the connection on which its request has come.
  std::pair<RawSocket, RawSocket> ask() {
    RawSocket client(gateway_->inbound());
    client.send(kGet);
    auto backend = backend_.accept();
    (void)read_request(backend);
    return {std::move(client), std::move(backend)};
  }
  void expect_counted(const std::string& outcome) {
    EXPECT_EQ(gateway_->metric("rig_proxy_requests_total", {{"status", outcome}}), 1);
  }

  Listener backend_;
  std::optional<Gateway> gateway_;
};

TEST_F(ProxyTimeoutsTest, FirstByte) {
  for (const bool at_endpoint : {false, true}) {
    start(R"("first_byte":"300ms")", at_endpoint);
    auto [client, backend] = ask();
    EXPECT_EQ(read_reply(client).status, 502);
    EXPECT_EQ(backend.read_to_end(), "");
    expect_counted("request_timeout");
  }
}

TEST_F(ProxyTimeoutsTest, FirstByteIsNotForTheRestOfTheAnswer) {
  start(R"("first_byte":"300ms")");
  auto [client, backend] = ask();
  backend.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab");
  (void)read_reply_head(client);
  EXPECT_EQ(client.read_exactly(2), "ab");
  // As long as a request that does time out takes.
  auto [other, silent] = ask();
  EXPECT_EQ(read_reply(other).status, 502);
  backend.send("cd");
  EXPECT_EQ(client.read_exactly(2), "cd");
}

TEST_F(ProxyTimeoutsTest, IdleInTheMiddleOfAnAnswer) {
  start(R"("idle":"300ms")");
  auto [client, backend] = ask();
  backend.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab");
  (void)read_reply_head(client);
  EXPECT_EQ(client.read_exactly(2), "ab");
  EXPECT_THAT(client.read_to_end(), IsEmpty());
  EXPECT_TRUE(client.was_reset());
}

TEST_F(ProxyTimeoutsTest, IdleHoldsForEventStreamsToo) {
  start(R"("idle":"300ms")");
  auto [client, backend] = ask();
  backend.send(
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
  (void)read_reply_head(client);
  EXPECT_THAT(client.read_to_end(), IsEmpty());
}

TEST_F(ProxyTimeoutsTest, TotalBeforeTheAnswer) {
  start(R"("total":"300ms")");
  auto [client, backend] = ask();
  EXPECT_EQ(read_reply(client).status, 502);
  expect_counted("request_timeout");
}

TEST_F(ProxyTimeoutsTest, TotalInTheMiddleOfAnAnswer) {
  start(R"("total":"300ms","idle":"1h")");
  auto [client, backend] = ask();
  backend.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  (void)read_reply_head(client);
  while (backend.try_send("1\r\na\r\n")) {
  }
  (void)client.read_to_end();
  EXPECT_TRUE(client.was_reset());
}

TEST_F(ProxyTimeoutsTest, EndpointGoesBeforeItsApi) {
  gateway_.emplace(
      proxying(api_of("a", targets_on({backend_.port()}) + R"(,"timeouts":{"first_byte":"1h"})",
                      endpoint("get", "GET", "/.*", R"(,"timeouts":{"first_byte":"300ms"})")),
               kPatient));
  auto [client, backend] = ask();
  EXPECT_EQ(read_reply(client).status, 502);
}

/// TCP is there, but nobody begins TLS.
TEST_F(ProxyTimeoutsTest, ConnectCountsTls) {
  gateway_.emplace(
      proxying(api_of("a",
                      R"("target_url":"https://127.0.0.1","port":)" +
                          std::to_string(backend_.port()) + R"(,"timeouts":{"connect":"300ms"})",
                      endpoint("get", "GET", "/.*")),
               kPatient));
  EXPECT_EQ(fetch(gateway_->inbound(), {.target = "/x"}).status, 502);
  expect_counted("unreachable");
}

// All attempts together.
TEST(ProxyTimeouts, TotalIsThatOfAllTargetsTogether) {
  const Listener a;
  const Listener b;
  const Gateway gateway(proxying(
      api_of("a", targets_on({a.port(), b.port()}) + R"(,"timeouts":{"total":"300ms"},"retries":1)",
             endpoint("get", "GET", "/.*")),
      kPatient));
  EXPECT_EQ(fetch(gateway.inbound(), {.target = "/x"}).status, 502);
  EXPECT_EQ(gateway.metric("rig_proxy_retries_total"), 0);
}

}  // namespace
}  // namespace testkit
