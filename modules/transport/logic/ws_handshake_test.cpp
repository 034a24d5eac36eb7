#include "logic/ws_handshake.hpp"

#include "logic/request_reader.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>
#include <vector>

namespace rig::transport {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

// The example of RFC 6455, 1.3.
const std::string kKey = "dGhlIHNhbXBsZSBub25jZQ==";

/// A proper handshake, with `changes`: a header is replaced, or left out if its value is empty.
HttpRequest request(const Lines& changes = {}, const Lines& more = {}) {
  Lines lines{{"Host", "x"},
              {"Upgrade", "websocket"},
              {"Connection", "Upgrade"},
              {"Sec-WebSocket-Version", "13"},
              {"Sec-WebSocket-Key", kKey}};
  for (const auto& [name, value] : changes) {
    for (auto& line : lines) {
      if (line.first == name) line.second = value;
    }
  }
  lines.insert(lines.end(), more.begin(), more.end());
  HttpRequest request;
  request.method = "GET";
  for (const auto& [name, value] : lines) {
    if (!value.empty()) request.headers.add(name, value);
  }
  return request;
}

WsHandshake accepted(const HttpRequest& request, bool deflate = true) {
  auto result = check_ws_handshake(request, {.deflate = deflate});
  EXPECT_TRUE(result);
  return result ? *std::move(result) : WsHandshake{};
}

HttpResponse refused(const HttpRequest& request) {
  auto result = check_ws_handshake(request, {.deflate = true});
  EXPECT_FALSE(result);
  return result ? HttpResponse{} : std::move(result).error();
}

TEST(WsHandshake, AnswersTheKeyOfTheSpecificationsExample) {
  const auto handshake = accepted(request());
  EXPECT_EQ(handshake.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(handshake.subprotocol, "");
  EXPECT_EQ(handshake.extensions, "");
  EXPECT_FALSE(handshake.deflate());
}

TEST(WsHandshake, TakesTokensInListsInAnyCase) {
  for (const auto& r : {
           request({{"Upgrade", "WebSocket"}, {"Connection", "keep-alive, uPGRADE"}}),
           request({{"Upgrade", "h2c, websocket"}, {"Connection", "upgrade,x"}}),
           request({{"Upgrade", "h2c"}, {"Connection", "keep-alive"}},
                   {{"upgrade", "websocket"}, {"connection", "upgrade"}}),
       }) {
    EXPECT_EQ(accepted(r).accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }
}

TEST(WsHandshake, ARequestThatIsNoUpgradeIsToldWhatToDo) {
  auto old = request();
  old.version = 10;
  for (const auto& r : {
           HttpRequest(),
           request({{"Upgrade", ""}}),
           request({{"Connection", ""}}),
           request({{"Upgrade", "h2c"}}),
           request({{"Upgrade", "websockets"}}),
           request({{"Connection", "keep-alive"}}),
           request({{"Connection", "not-upgrade"}}),
           old,
       }) {
    const auto response = refused(r);
    EXPECT_EQ(response.status, 426);
    EXPECT_EQ(response.headers.find("upgrade"), "websocket");
    EXPECT_EQ(response.headers.find("connection"), "upgrade");
    EXPECT_EQ(response.headers.find("sec-websocket-version"), "13");
    EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
    EXPECT_TRUE(response.body.starts_with(R"({"message":")")) << response.body;
  }
}

TEST(WsHandshake, AnotherVersionIsToldTheOneThatIsSpoken) {
  for (const std::string version : {"", "8", "12", "14", "013", "13, 8", "x"}) {
    const auto response = refused(request({{"Sec-WebSocket-Version", version}}));
    EXPECT_EQ(response.status, 426) << version;
    EXPECT_EQ(response.headers.find("sec-websocket-version"), "13");
    EXPECT_EQ(response.headers.find("upgrade"), "websocket");
  }
  EXPECT_EQ(refused(request({}, {{"sec-websocket-version", "8"}})).status, 426) << "twice";
}

TEST(WsHandshake, ThereMustBeOneKeyOfSixteenBytes) {
  for (const std::string key :
       {"", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZTE=", "dGhlIHNhbXBsZSBub25jZTEy",
        "dGhlIHNhbXBs_SBub25jZQ==", "dGhlIHNhbXBs=SBub25jZQ==", "dGhlIHNhbXBsZSBub25j\xc3\xa4=="}) {
    EXPECT_EQ(refused(request({{"Sec-WebSocket-Key", key}})).status, 400) << key;
  }
  EXPECT_EQ(refused(request({}, {{"sec-websocket-key", kKey}})).status, 400) << "twice";
  accepted(request({{"Sec-WebSocket-Key", "+/AZaz09+/AZaz09+/AZaw=="}}));
}

TEST(WsHandshake, OnlyGetOpensAWebSocket) {
  for (const std::string method : {"POST", "HEAD", "get", "CONNECT"}) {
    auto r = request();
    r.method = method;
    EXPECT_EQ(refused(r).status, 400) << method;
  }
}

TEST(WsHandshake, SelectsTheSubprotocolForCloudEventsIfItIsOffered) {
  const auto selected = [](const Lines& more) { return accepted(request({}, more)).subprotocol; };
  const std::string name = "Sec-WebSocket-Protocol";
  EXPECT_EQ(selected({{name, "cloudevents.json"}}), "cloudevents.json");
  EXPECT_EQ(selected({{name, "cloudevents.avro, cloudevents.json"}}), "cloudevents.json");
  EXPECT_EQ(selected({{name, "mqtt"}, {name, "cloudevents.json"}}), "cloudevents.json");
  EXPECT_EQ(selected({{name, "CloudEvents.JSON"}}), "");
  EXPECT_EQ(selected({{name, "cloudevents.json.more, cloudevents"}}), "");
  EXPECT_EQ(selected({{name, "mqtt"}}), "");
}

TEST(WsHandshake, CompressesOnlyIfBothSidesWantIt) {
  const std::string name = "Sec-WebSocket-Extensions";
  const std::string offer = "permessage-deflate; client_max_window_bits";
  const std::string answer =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  EXPECT_EQ(accepted(request({}, {{name, offer}})).extensions, answer);
  EXPECT_TRUE(accepted(request({}, {{name, offer}})).deflate());
  EXPECT_EQ(accepted(request({}, {{name, "x; y=1"}, {name, offer}})).extensions, answer);
  EXPECT_FALSE(accepted(request({}, {{name, offer}}), false).deflate());
  EXPECT_FALSE(accepted(request({}, {{name, "permessage-deflate; unknown"}})).deflate());
}

TEST(WsHandshake, WritesTheWholeHeadOfTheAnswer) {
  Headers extra;
  extra.add("access-control-allow-origin", "*");
  EXPECT_EQ(write_ws_head({.accept = "abc=", .subprotocol = "", .extensions = ""}, extra, "today"),
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            "sec-websocket-accept: abc=\r\naccess-control-allow-origin: *\r\ndate: today\r\n\r\n");
  EXPECT_EQ(
      write_ws_head({.accept = "abc=", .subprotocol = "p", .extensions = "e; f"}, {}, "today"),
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
      "sec-websocket-accept: abc=\r\nsec-websocket-protocol: p\r\n"
      "sec-websocket-extensions: e; f\r\ndate: today\r\n\r\n");
}

// The first frames of a client may come with its request.
TEST(WsHandshake, ARequestIsReadUpToTheFirstFrame) {
  RequestReader reader(RequestLimits{});
  const std::string head =
      "GET /_rig/v1/connection/ws?a=b HTTP/1.1\r\nHost: x\r\n"
      "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
      kKey + "\r\n\r\n";
  const auto progress = reader.feed(head + "\x81\x80....");
  ASSERT_EQ(progress.state, RequestReader::State::kComplete);
  EXPECT_EQ(progress.consumed, head.size());
  EXPECT_TRUE(check_ws_handshake(reader.take(), {}));
}

}  // namespace
}  // namespace rig::transport
