// Stopping: nobody is cut off who could have been served, and nothing can keep it from ending.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace testkit {
namespace {

constexpr std::string_view kHalfARequest =
    "POST /_rig/v1/events HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: "
    "2\r\n\r\n{";

/// True once the door is closed: nobody new gets in.
bool refuses_connections(std::uint16_t port) {
  try {
    RawSocket socket(port);
    (void)socket.try_send("GET /_rig/health HTTP/1.1\r\nhost: h\r\n\r\n");
    return socket.read_to_end().empty();
  } catch (const Failure&) {
    return true;
  }
}

class StopsAt : public ::testing::TestWithParam<int> {};

TEST_P(StopsAt, TheSignalAndStreamsEndInOrder) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<SseClient> clients;
  for (int i = 0; i < 20; ++i)
    clients.emplace_back(gateway.inbound(), std::initializer_list<std::string>{"a"});
  gateway.process().signal(GetParam());
  for (auto& client : clients) client.expect_orderly_end();
  gateway.expect_exit(0);
}
INSTANTIATE_TEST_SUITE_P(Stop, StopsAt, ::testing::Values(SIGTERM, SIGINT),
                         [](const auto& info) { return info.param == SIGTERM ? "Term" : "Int"; });

TEST(Stop, AnIdleGatewayEndsAtOnce) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "1h"}, {"RIG_STOP_TIMEOUT", "1h"}});
  gateway.stop();
}

TEST(Stop, IdleConnectionsDoNotHoldItUp) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "1h"}});
  RawSocket silent(gateway.inbound());
  HttpClient used(gateway.inbound());
  EXPECT_EQ(used.request({.target = "/_rig/health"}).body, "OK");
  gateway.stop();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(used.socket().read_to_end(), "");
}

// Quirk O20.
TEST(Stop, ANodeThatStopsIsAliveAndNotReady) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "1h"}});
  RawSocket live(gateway.api());
  RawSocket ready(gateway.api());
  live.send("GET /health/live HTTP/1.1\r\nhost: h\r\n");
  ready.send("GET /health/ready HTTP/1.1\r\nhost: h\r\n");
  EXPECT_EQ(fetch(gateway.api(), {.target = "/health/ready"}).status, 200);
  gateway.process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return refuses_connections(gateway.inbound()); }));
  live.send("\r\n");
  ready.send("\r\n");
  EXPECT_EQ(read_reply_head(live).status, 200);
  EXPECT_EQ(read_reply_head(ready).status, 503);
  gateway.expect_exit(0);
}

TEST(Stop, ARequestOnItsWayIsStillAnswered) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "1h"}});
  RawSocket socket(gateway.inbound());
  const auto event = event_json("t", "1");
  socket.send(
      "POST /_rig/v1/events HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\nexpect: "
      "100-continue\r\ncontent-length: " +
      std::to_string(event.size()) + "\r\n\r\n");
  ASSERT_EQ(read_reply(socket).status, 100);  // so the request has been begun
  gateway.process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return refuses_connections(gateway.inbound()); }));
  socket.send(event);
  const auto reply = read_reply(socket);
  EXPECT_EQ(reply.status, 202);
  EXPECT_TRUE(same_json(reply.body, event));
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(socket.read_to_end(), "");
  gateway.expect_exit(0);
}

TEST(Stop, AStalledRequestIsWaitedForOnlyAsLongAsTheSettingSays) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "200ms"}, {"RIG_REQUEST_BODY_TIMEOUT", "1h"}});
  RawSocket stalled(gateway.inbound());
  stalled.send(kHalfARequest);
  gateway.stop();
}

TEST(Stop, AStreamThatIsNotReadDoesNotHoldItUp) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "200ms"}, {"RIG_OUTBOX_BYTES_MAX", "64MiB"}});
  SseClient slow(gateway.inbound(), sse_request(subscriptions_to({"a"})), 4096);
  slow.read_greeting();
  Publisher publisher(gateway.api());
  for (int i = 0; i < 20; ++i)
    publisher.event("a", std::to_string(i), "\"" + std::string(500'000, 'x') + "\"");
  gateway.stop();
}

// Every request whose first byte was sent before the end is answered, or nothing of an answer
// comes.
TEST(Stop, UnderLoadNoAnswerIsCutInHalf) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  SseClient stream(gateway.inbound(), {"a"});
  std::atomic<int> accepted{0};
  std::atomic<int> broken{0};
  const auto produce = [&](std::uint16_t port, const std::string& path) {
    try {
      for (RawSocket socket(port);;) {
        auto request = publish_request(event_json("a", "1"));
        request.target = path;
        if (!socket.try_send(to_bytes(request))) return;
        const auto first =
            socket.read_until("\r\n");  // throws if no answer comes: the request was refused whole
        try {
          if (first != "HTTP/1.1 202 Accepted\r\n") ++broken;
          const auto head = socket.read_until("\r\n\r\n");
          const auto length = head.find("ontent-length: ");
          (void)socket.read_exactly(std::stoul(head.substr(length + 15)));
          ++accepted;
        } catch (const std::exception&) {
          ++broken;
        }
      }
    } catch (const Failure&) {  // the door is closed
      return;
    }
  };
  std::vector<std::thread> producers;
  for (int i = 0; i < 2; ++i) {
    producers.emplace_back(produce, gateway.inbound(), "/_rig/v1/events");
    producers.emplace_back(produce, gateway.api(), "/v3/messages");
  }
  const bool busy = eventually([&] { return accepted > 200; });
  gateway.process().signal(SIGTERM);
  for (auto& producer : producers) producer.join();
  EXPECT_TRUE(busy);
  EXPECT_EQ(broken, 0);
  stream.expect_orderly_end();
  gateway.expect_exit(0);
}

TEST(Stop, ASecondSignalEndsItAtOnce) {
  Gateway gateway({{"RIG_DRAIN_TIMEOUT", "1h"},
                   {"RIG_STOP_TIMEOUT", "1h"},
                   {"RIG_REQUEST_BODY_TIMEOUT", "1h"}});
  RawSocket stalled(gateway.inbound());
  stalled.send(kHalfARequest);
  gateway.process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return refuses_connections(gateway.inbound()); }));
  EXPECT_FALSE(gateway.process().has_ended());
  gateway.process().signal(SIGTERM);
  gateway.expect_exit(2);
}

TEST(Stop, AClosedTerminalDoesNotKillIt) {
  Gateway gateway;
  RawSocket socket(gateway.inbound());
  gateway.process().signal(SIGPIPE);
  EXPECT_EQ(fetch(gateway.inbound(), {.target = "/_rig/health"}).body, "OK");
}

}  // namespace
}  // namespace testkit
