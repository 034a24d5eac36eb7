// permessage-deflate (RFC 7692): off by default, and what RIG_WS_DEFLATE=on agrees on and sends.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const Environment kDeflateOn{{"RIG_WS_DEFLATE", "on"}};

HttpRequest offering(std::string extensions, std::string_view subscriptions = {}) {
  auto request = ws_request(subscriptions);
  request.headers.emplace_back("sec-websocket-extensions", std::move(extensions));
  return request;
}

std::string compressible(int number) {
  std::string text = "\"" + std::to_string(number);
  for (int i = 0; i < 500; ++i) text += " word";
  return text + "\"";
}

TEST(WsDeflateOff, NoExtensionIsAccepted) {
  Gateway gateway;
  WsClient client(gateway.inbound(), offering("permessage-deflate; client_max_window_bits"));
  EXPECT_EQ(client.head().header("sec-websocket-extensions"), std::nullopt);
  EXPECT_FALSE(client.next_event().was_compressed);
}

TEST(WsDeflateOn, EventsArriveCompressedEachForItself) {
  Gateway gateway(kDeflateOn);
  WsClient client(gateway.inbound(), offering("permessage-deflate", subscriptions_to({"a"})));
  const auto agreed = client.head().header("sec-websocket-extensions").value_or("");
  EXPECT_THAT(agreed, StartsWith("permessage-deflate"));
  EXPECT_THAT(agreed, HasSubstr("server_no_context_takeover"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  // The client inflates each message without those before it.
  for (int i = 0; i < 3; ++i) {
    const auto event = event_json("a", std::to_string(i), compressible(i));
    publisher.structured(event);
    const auto got = client.next_event();
    EXPECT_TRUE(got.was_compressed);
    EXPECT_EQ(got.json, event);
  }
}

TEST(WsDeflateOn, TheFrameIsSmallerAndTheSameForAll) {
  Gateway gateway(kDeflateOn);
  const auto request = offering("permessage-deflate", subscriptions_to({"a"}));
  WsClient one(gateway.inbound(), request);
  WsClient other(gateway.inbound(), request);
  WsClient plain(gateway.inbound(), {"a"});
  one.read_greeting();
  other.read_greeting();
  const auto event = event_json("a", "1", compressible(1));
  Publisher(gateway.api()).structured(event);
  const auto frame = one.next_frame();
  EXPECT_EQ(frame.rsv, kRsv1);
  EXPECT_LT(frame.payload.size(), event.size() / 4);
  EXPECT_EQ(other.next_frame().payload, frame.payload);
  EXPECT_EQ(plain.next_frame().payload, event);
}

TEST(WsDeflateOn, AClientThatDoesNotOfferItGetsPlainEvents) {
  Gateway gateway(kDeflateOn);
  for (const auto* offer : {"", "x-webkit-deflate-frame", "permessage-deflate; unknown=1",
                            "permessage-deflate; server_max_window_bits=7"}) {
    const auto request = *offer == '\0' ? ws_request() : offering(offer);
    WsClient client(gateway.inbound(), request);
    EXPECT_EQ(client.head().header("sec-websocket-extensions"), std::nullopt) << offer;
    EXPECT_FALSE(client.next_event().was_compressed) << offer;
  }
}

TEST(WsDeflateOn, TheFirstOfferThatCanBeAcceptedIs) {
  Gateway gateway(kDeflateOn);
  for (const auto* offer :
       {"permessage-deflate; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "x-other; a=1, permessage-deflate", "permessage-deflate; unknown, permessage-deflate"}) {
    WsClient client(gateway.inbound(), offering(offer));
    EXPECT_THAT(client.head().header("sec-websocket-extensions").value_or("(absent)"),
                StartsWith("permessage-deflate"))
        << offer;
    EXPECT_EQ(json_at(client.read_greeting(), "/data"), "[]");
  }
}

TEST(WsDeflateOn, ASmallerWindowIsKeptOrDeclined) {
  Gateway gateway(kDeflateOn);
  WsClient client(gateway.inbound(), offering("permessage-deflate; server_max_window_bits=9",
                                              subscriptions_to({"a"})));
  const auto agreed = client.head().header("sec-websocket-extensions");
  client.read_greeting();
  std::string data = "\"";
  for (int i = 0; data.size() < 5000; ++i) data += std::to_string(i * 7919);
  data += data.substr(1) + "\"";  // the second half repeats what a small window has forgotten
  const auto event = event_json("a", "1", data);
  Publisher(gateway.api()).structured(event);
  const auto frame = client.next_frame();
  if (agreed) {
    EXPECT_THAT(*agreed, HasSubstr("server_max_window_bits"));
    EXPECT_EQ(inflate_message(frame.payload, 9), event);
  } else {
    EXPECT_EQ(frame.rsv, 0U);
    EXPECT_EQ(frame.payload, event);
  }
}

TEST(WsDeflateOn, WhatTheClientCompressesIsUnderstood) {
  Gateway gateway(kDeflateOn);
  WsClient client(gateway.inbound(), offering("permessage-deflate"));
  client.read_greeting();
  const auto message = ws_subscriptions(subscriptions_to({"a", "b"}));
  client.send({.payload = deflate_message(message), .rsv = kRsv1});
  EXPECT_EQ(json_at(client.next_event().json, "/data/1/eventType"), "b");
  const auto payload = deflate_message(ws_subscriptions(subscriptions_to({"c"})));
  client.send({.payload = payload.substr(0, 3), .fin = false, .rsv = kRsv1});
  client.send_ping("between");
  client.send({.opcode = WsOpcode::kContinuation, .payload = payload.substr(3)});
  client.expect_pong("between");
  EXPECT_EQ(json_at(client.next_event().json, "/data/0/eventType"), "c");
  client.send_text(ws_subscriptions(subscriptions_to({"plain"})));
  EXPECT_EQ(json_at(client.next_event().json, "/data/0/eventType"), "plain");
}

TEST(WsDeflateOn, BrokenDataBadTextAndBombsClose) {
  Gateway gateway(kDeflateOn);
  const std::string bomb = deflate_message(std::string(64U << 20U, ' '));
  ASSERT_LT(bomb.size(), 100'000U);
  const std::pair<std::string, int> rows[] = {
      {"\xFF\xFF\xFF\xFF", 1007}, {deflate_message("\xC3("), 1007}, {bomb, 1009}};
  for (const auto& [payload, code] : rows) {
    WsClient client(gateway.inbound(), offering("permessage-deflate"));
    client.read_greeting();
    client.send({.payload = payload, .rsv = kRsv1});
    client.expect_close(static_cast<std::uint16_t>(code));
  }
}

TEST(WsDeflateOn, TheBitOfCompressionBelongsToTheFirstFrameOfAMessage) {
  Gateway gateway(kDeflateOn);
  const std::string wrong[] = {
      to_bytes({.opcode = WsOpcode::kPing, .rsv = kRsv1}),
      to_bytes({.opcode = WsOpcode::kClose, .rsv = kRsv1}),
      to_bytes({.payload = deflate_message("{}"), .fin = false, .rsv = kRsv1}) +
          to_bytes({.opcode = WsOpcode::kContinuation, .rsv = kRsv1}),
      to_bytes({.payload = "{}", .rsv = kRsv1 | kRsv2}),
  };
  for (const auto& bytes : wrong) {
    WsClient client(gateway.inbound(), offering("permessage-deflate"));
    client.read_greeting();
    client.socket().send(bytes);
    client.expect_close(1002);
  }
}

}  // namespace
}  // namespace testkit
