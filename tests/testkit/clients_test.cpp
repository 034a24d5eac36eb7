// The clients against servers that say exactly what they are told, also what is wrong.
#include "listener.hpp"
#include "long_poll_client.hpp"
#include "sse_client.hpp"
#include "subscription_requests.hpp"
#include "ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <utility>

namespace testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using namespace std::string_literals;

// A server for one connection, with a thread of its own that ends with this object. What goes wrong
// in the script shows in the client.
class Scripted {
 public:
  explicit Scripted(std::function<void(RawSocket&)> script)
      : done_(std::async(std::launch::async, [this, run = std::move(script)] {
          auto socket = listener_.accept();
          run(socket);
        })) {}

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

 private:
  Listener listener_;
  std::future<void> done_;  // last: the thread uses the listener
};

std::string in_chunk(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return {std::string{kHex[text.size() / 16], kHex[text.size() % 16]} + "\r\n" + std::string(text) +
          "\r\n"};
}

std::string with_length(std::string_view head, std::string_view body) {
  return "HTTP/1.1 200 OK\r\n" + std::string(head) +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

constexpr auto kStreamHead = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
constexpr auto kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

TEST(SseClient, KnowsTheIdOfTheEventThatItGaveLast) {
  Scripted server([](RawSocket& socket) {
    (void)socket.read_until("\r\n\r\n");
    socket.send(kStreamHead + in_chunk("retry: 1500\nid: x1\ndata: 1\n\ndata: 2\n\n") +
                in_chunk("id: x3\ndata: 3\n\nid: x4\n\nretry: 2s\n\n") + "0\r\n\r\n");
  });
  SseClient client(server.port(), sse_request({}));
  EXPECT_EQ(client.last_event_id(), "");
  EXPECT_EQ(client.next_event().data, "1");
  EXPECT_EQ(client.last_event_id(), "x1");
  EXPECT_EQ(client.next_event().last_event_id, "x1") << "an id holds until the next one";
  EXPECT_EQ(client.next_event().data, "3");
  EXPECT_EQ(client.last_event_id(), "x3");
  EXPECT_EQ(client.retry(), 1500U);
  EXPECT_EQ(client.retry_count(), 1U);
  client.expect_orderly_end();
}

TEST(SseClient, ResumesByHeaderOrByQuery) {
  const auto request = sse_request("[]");
  EXPECT_THAT(to_bytes(resuming_by_header(request, "a-1")),
              HasSubstr("\r\nlast-event-id: a-1\r\n"));
  EXPECT_EQ(resuming_by_query(request, "a b").target, request.target + "&last_event_id=a%20b");
  EXPECT_EQ(resuming_by_query(sse_request({}), "a").target,
            std::string(kSsePath) + "?last_event_id=a");
}

TEST(WsClient, SendsAHandshakeAndReadsEvents) {
  std::string request;
  Scripted server([&request](RawSocket& socket) {
    request = socket.read_until("\r\n\r\n");
    const WsFrame ping{.opcode = WsOpcode::kPing, .payload = "p", .masked = false};
    const WsFrame half{.payload = R"({"type":)", .fin = false, .masked = false};
    const WsFrame rest{.opcode = WsOpcode::kContinuation, .payload = R"("x"})", .masked = false};
    socket.send(kSwitch + "\r\n"s + to_bytes(half) + to_bytes(ping) + to_bytes(rest));
    // The pong must be there, masked, before anything else is sent.
    const WsFrame pong{.opcode = WsOpcode::kPong, .payload = "p"};
    if (socket.read_exactly(7) != to_bytes(pong)) return;
    const WsFrame answer{.opcode = WsOpcode::kPong, .payload = "q", .masked = false};
    const WsFrame close{
        .opcode = WsOpcode::kClose, .payload = close_payload(1001, "bye"), .masked = false};
    socket.send(to_bytes(answer) + to_bytes(close));
    (void)socket.read_exactly(8);  // the answer to the close
  });
  WsClient client(server.port(), ws_request(R"([{"eventType":"a"}])"));
  EXPECT_THAT(request, HasSubstr("\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_THAT(request, HasSubstr("?subscriptions=%5B%7B%22eventType"));
  const auto event = client.next_event();
  EXPECT_EQ(event.type, "x");
  EXPECT_EQ(event.json, R"({"type":"x"})");
  EXPECT_FALSE(event.was_compressed);
  client.expect_pong("q");
  client.expect_close(1001, "bye");
}

TEST(WsClient, InflatesWhatWasNegotiated) {
  const WsFrame frame{.payload = deflate_message(R"({"type":"x"})"), .rsv = kRsv1, .masked = false};
  auto request = ws_request();
  request.headers.emplace_back("sec-websocket-extensions", "permessage-deflate");
  Scripted server([&frame](RawSocket& socket) {
    (void)socket.read_until("\r\n\r\n");
    socket.send(kSwitch + "sec-websocket-extensions: permessage-deflate\r\n\r\n"s +
                to_bytes(frame));
  });
  WsClient client(server.port(), request);
  const auto event = client.next_event();
  EXPECT_EQ(event.type, "x");
  EXPECT_TRUE(event.was_compressed);
}

TEST(WsClient, AWrongHandshakeIsAFailure) {
  const auto try_with = [](std::string head) {
    Scripted server([&head](RawSocket& socket) {
      (void)socket.read_until("\r\n\r\n");
      socket.send(head);
    });
    WsClient client(server.port());
  };
  EXPECT_NO_THROW(try_with(kSwitch + "\r\n"s));
  EXPECT_THROW(try_with("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), Failure);
  EXPECT_THROW(try_with("HTTP/1.1 101 Switching Protocols\r\n\r\n"), Failure);
  EXPECT_THROW(try_with(kSwitch + "sec-websocket-protocol: x\r\n\r\n"s), Failure);
  EXPECT_THROW(try_with(kSwitch + "sec-websocket-extensions: x\r\n\r\n"s), Failure);
  std::string other_key = kSwitch;
  other_key.replace(other_key.find("s3p"), 3, "S3p");
  EXPECT_THROW(try_with(other_key + "\r\n"), Failure);
}

TEST(WsClient, WhatCameInsteadIsAFailure) {
  const auto after = [](const std::string& bytes, const std::function<void(WsClient&)>& expect) {
    Scripted server([&bytes](RawSocket& socket) {
      (void)socket.read_until("\r\n\r\n");
      socket.send(kSwitch + "\r\n"s + bytes);
      socket.shutdown_send();
      (void)socket.read_to_end();
    });
    WsClient client(server.port());
    expect(client);
  };
  const auto event = [](WsClient& client) { (void)client.next_event(); };
  const auto pong = [](WsClient& client) { client.expect_pong("p"); };
  const auto close = [](WsClient& client) { client.expect_close(1000, "r"); };
  const auto frame = [](WsOpcode opcode, std::string payload) {
    return to_bytes({.opcode = opcode, .payload = std::move(payload), .masked = false});
  };
  EXPECT_THROW(after(frame(WsOpcode::kBinary, "{}"), event), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kContinuation, "{}"), event), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kText, "{"), event), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kText, "{\"a\":\"\xFF\"}"), event), Failure);
  EXPECT_THROW(after(to_bytes({.payload = "\x02", .rsv = kRsv1, .masked = false}), event), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kClose, close_payload(1000)), event), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kPong, "q"), pong), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kText, "p"), pong), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kText, "{}"), close), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kClose, close_payload(1001, "r")), close), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kClose, close_payload(1000, "s")), close), Failure);
  EXPECT_THROW(after(frame(WsOpcode::kClose, close_payload(1000, "r")) + "x", close), Failure);
  EXPECT_THROW(after("", close), Failure);
  EXPECT_NO_THROW(after(frame(WsOpcode::kClose, close_payload(1000, "r")), close));
}

HttpReply setting(HttpHeaders headers) {
  HttpReply reply;
  reply.headers = std::move(headers);
  return reply;
}

TEST(CookieJar, ReturnsValuesAsTheyCame) {
  CookieJar jar;
  jar.take(setting({{"Set-Cookie", "last_event_id=\"first_event\"; path=/; HttpOnly"},
                    {"set-cookie", "connection_token=abc==; path=/"}}));
  jar.take(setting({{"set-cookie", "connection_token=def=; Path=/; SameSite=Lax"}}));
  HttpRequest request;
  jar.add_to(request);
  EXPECT_THAT(
      request.headers,
      ElementsAre(std::pair{"cookie"s, "connection_token=def=; last_event_id=\"first_event\""s}));
  EXPECT_THAT(jar.attributes("connection_token"), ElementsAre("Path=/", "SameSite=Lax"));
  EXPECT_THAT(jar.attributes("last_event_id"), ElementsAre("path=/", "HttpOnly"));
  jar.forget("last_event_id");
  EXPECT_EQ(jar.value("last_event_id"), std::nullopt);
  EXPECT_THROW(jar.take(setting({{"set-cookie", "nothing"}})), Failure);
  EXPECT_THROW(jar.take(setting({{"set-cookie", "a=b c; path=/"}})), Failure);
}

TEST(LongPollClient, CarriesItsCookiesFromRequestToRequest) {
  Scripted server([](RawSocket& socket) {
    if (socket.read_until("\r\n\r\n").find("cookie") != std::string::npos) return;
    socket.send(with_length("set-cookie: connection_token=t\r\nset-cookie: last_event_id=\"f\"\r\n",
                            "\"ok\""));
    const auto first = socket.read_until("\r\n\r\n");
    if (first.find("\r\ncookie: connection_token=t; last_event_id=\"f\"\r\n") ==
        std::string::npos) {
      return;
    }
    socket.send(with_length(
        "set-cookie: last_event_id=\"2\"\r\n",
        R"({"last_event_id":"2","events":[{"type":"rig.connection.create","data":{"connection_token":"t"}},
            {"type":"rig.subscriptions_set","data":[]},{"type":"a"}]})"));
    if (socket.read_until("\r\n\r\n").find("last_event_id=\"2\"") == std::string::npos) return;
    socket.send(with_length("", R"({"last_event_id":"2","events":[]})"));
    (void)socket.read_until("\r\n\r\n");
    socket.send(with_length("", "\"ok\""));
  });
  LongPollClient client(server.port(), {"a"});
  EXPECT_EQ(client.token(), "t");
  EXPECT_EQ(client.cookies().value("last_event_id"), "\"2\"");
  EXPECT_EQ(client.next_event(), R"({"type":"a"})");
  const auto poll = client.poll();
  EXPECT_EQ(poll.last_event_id, "2");
  EXPECT_TRUE(poll.events.empty());
  EXPECT_THROW((void)client.poll(), Failure) << "a new session is no answer to a poll";
}

TEST(SubscriptionRequests, NameTheConnectionInTheirPath) {
  const auto put = put_subscriptions("a/b=", R"([{"eventType":"x"}])", "ws");
  EXPECT_EQ(put.method, "PUT");
  EXPECT_EQ(put.target, "/_rig/v1/connection/ws/a%2Fb%3D/subscriptions");
  EXPECT_EQ(put.body, R"({"subscriptions":[{"eventType":"x"}]})");
  EXPECT_EQ(get_subscriptions("t").target, "/_rig/v1/connection/sse/t/subscriptions");
}

}  // namespace
}  // namespace testkit
