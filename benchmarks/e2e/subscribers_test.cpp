// Clients against a server that the test plays itself, byte by byte.

#include "subscribers.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "floor_wire.hpp"

namespace rig::bench {
namespace {

constexpr Nanos kPatience = std::chrono::seconds(10);
constexpr std::size_t kBytes = 256;

class SubscribersTest : public testing::Test {
 protected:
  SubscribersTest() {
    listener_ = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.fd(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.fd(), 1), 0);
    ::getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size);
    options_.port = ntohs(address.sin_port);
    options_.payload = kBytes;
  }

  /// Opens a client, accepts it, and reads its request.
  std::string open(Transport transport, const std::string& cursor = {}) {
    SubscriberGroup group;
    group.transport = transport;
    group.cursor = cursor;
    return open(std::move(group));
  }
  std::string open(SubscriberGroup group) {
    group.count = 1;
    clients_ = std::make_unique<Subscribers>(options_, group, poller_, 0);
    clients_->open_up_to(1);
    server_ = Socket(::accept(listener_.fd(), nullptr, nullptr));
    std::string request;
    run_until([&] { return (request += received()).ends_with("\r\n\r\n"); });
    return request;
  }

  void send(std::string_view bytes) {
    ASSERT_TRUE(send_some(server_, bytes));
    ASSERT_TRUE(bytes.empty());
  }

  void send_ws_welcome() {
    send(ws_head(ws_nonce(0)) +
         ws_server_frame(WsOpcode::kText, R"({"data":{},"type":"rig.connection.create"})") +
         ws_server_frame(WsOpcode::kText, R"({"data":[],"type":"rig.subscriptions_set"})"));
    run_until([this] { return clients_->ready() == 1; });
  }

  void send_sse_welcome() {
    send(std::string(sse_head()) + sse_chunk(kSubscribedType, "[]", "i-0"));
    run_until([this] { return clients_->ready() == 1; });
  }

  static std::string event(std::uint32_t sequence) {
    EventMark mark;
    mark.sequence = sequence;
    std::string text;
    EventText(kBytes).append(mark, text);
    return text;
  }

  std::string received() const {
    std::array<char, 4096> buffer;
    const ssize_t count = ::recv(server_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

  void run_until(const std::function<bool()>& is_done) {
    for (const Nanos deadline = now() + kPatience; !is_done();) {
      ASSERT_LT(now(), deadline) << "what is waited for does not happen";
      for (const epoll_event& ready : poller_.wait(now() + std::chrono::milliseconds(1))) {
        clients_->on_ready(ready.data.u64, ready.events);
      }
    }
  }

  const DeliveryCounts& counts() const { return clients_->counts(); }

  Options options_;
  Poller poller_;
  Socket listener_;
  Socket server_;
  std::unique_ptr<Subscribers> clients_;
};

TEST_F(SubscribersTest, AWebSocketClientIsSubscribedAndItsEventsAreChecked) {
  const std::string request = open(Transport::kWs);
  EXPECT_TRUE(request.starts_with("GET /_rig/v1/connection/ws?subscriptions="));
  EXPECT_NE(request.find("Sec-WebSocket-Key: " + ws_nonce(0) + "\r\n"), std::string::npos);
  send_ws_welcome();
  std::string damaged = event(2);
  damaged.back() = ' ';
  send(ws_server_frame(WsOpcode::kText, event(0)) + ws_server_frame(WsOpcode::kText, event(1)) +
       ws_server_frame(WsOpcode::kText, event(1)) + ws_server_frame(WsOpcode::kText, damaged) +
       ws_server_frame(WsOpcode::kText, R"({"data":{},"type":"rig.gap"})") +
       ws_server_frame(WsOpcode::kText, R"({"type":"another"})"));
  run_until([this] { return counts().misrouted == 1; });
  EXPECT_EQ(counts().delivered, 2U);
  EXPECT_EQ(counts().duplicated, 1U);
  EXPECT_EQ(counts().damaged, 1U);
  EXPECT_EQ(counts().gaps, 1U);
}

TEST_F(SubscribersTest, APingIsAnsweredByAMaskedPongWithItsPayload) {
  open(Transport::kWs);
  send_ws_welcome();
  send(ws_server_frame(WsOpcode::kPing, "beat"));
  std::string pong;
  run_until([&] { return (pong += received()).size() >= 10; });
  ASSERT_EQ(pong.size(), 10U);
  EXPECT_EQ(pong.substr(0, 2), "\x8a\x84");
  std::string payload = pong.substr(6);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ pong[2 + i]);
  }
  EXPECT_EQ(payload, "beat");
  EXPECT_NE(pong.substr(2, 4), std::string(4, '\0'));
  EXPECT_EQ(clients_->pings(), 1U);
}

TEST_F(SubscribersTest, AWrongAcceptKeyIsNoHandshake) {
  open(Transport::kWs);
  send(ws_head(ws_nonce(1)));
  run_until([this] { return clients_->is_settled(); });
  EXPECT_EQ(clients_->ready(), 0U);
}

TEST_F(SubscribersTest, ACloseFrameEndsTheConnection) {
  open(Transport::kWs);
  send_ws_welcome();
  send(ws_server_frame(WsOpcode::kClose, "\x03\xe9"));
  run_until([this] { return clients_->disconnects() == 1; });
}

TEST_F(SubscribersTest, TheCursorOfAnSseEventIsKnownAndAClientReturnsWithIt) {
  const std::string request = open(Transport::kSse, "a-1&b");
  EXPECT_NE(request.find("&last_event_id=a%2D1%26b HTTP/1.1"), std::string::npos);
  send_sse_welcome();
  send(sse_chunk(kEventType, event(0), "i-1") + sse_chunk(kEventType, event(1), "i-2"));
  run_until([this] { return counts().delivered == 2; });
  EXPECT_EQ(clients_->last_cursor(), "i-2");
  EXPECT_EQ(counts().with_id, 2U);
  EXPECT_TRUE(counts().is_right());
}

TEST_F(SubscribersTest, AClientOfAStormShowsItsTokenAndLeavesWhenItIsSubscribed) {
  const std::vector<std::string> tokens{"a.b-c.d"};
  SubscriberGroup group;
  group.tokens = &tokens;
  group.leaves = true;
  EXPECT_NE(open(std::move(group)).find("&jwt=a.b-c.d HTTP/1.1"), std::string::npos);
  EXPECT_FALSE(clients_->is_settled());
  send(std::string(sse_head()) + sse_chunk(kSubscribedType, "[]", "i-0"));
  run_until([this] { return clients_->welcomed() == 1; });
  EXPECT_TRUE(clients_->is_settled());
  EXPECT_EQ(clients_->ready(), 0U);
  EXPECT_EQ(clients_->disconnects(), 0U);
  std::array<char, 1> nothing{};
  EXPECT_EQ(::recv(server_.fd(), nothing.data(), nothing.size(), 0), 0);
}

TEST_F(SubscribersTest, AnIdThatComesTwiceOrIsMissingIsCounted) {
  open(Transport::kSse);
  send_sse_welcome();
  send(sse_chunk(kEventType, event(0), "i-0") + sse_chunk(kEventType, event(1), "i-1") +
       sse_chunk(kEventType, event(2), "i-1") + sse_chunk(kEventType, event(3), ""));
  run_until([this] { return counts().delivered == 4; });
  EXPECT_EQ(counts().bad_ids, 3U);
}

}  // namespace
}  // namespace rig::bench
