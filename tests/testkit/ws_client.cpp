#include "ws_client.hpp"

#include "json.hpp"
#include "sse_client.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

namespace testkit {
namespace {

// The example of RFC 6455, 1.3.
constexpr auto kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto found = std::ranges::find_if(request.headers, [&](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
  return found == request.headers.end() ? std::string{} : found->second;
}

// RFC 6455, 4.1: what a client must check before it believes in the connection.
void check_handshake(const HttpReply& head, const HttpRequest& request) {
  const auto must_be = [&](std::string_view name, std::string_view value) {
    const auto got = head.header(name).value_or("(absent)");
    const bool any_case = name != "sec-websocket-accept";
    if (any_case ? !equals_ignoring_case(got, value) : got != value) {
      throw Failure("the handshake's " + std::string(name) + " is " + got);
    }
  };
  must_be("upgrade", "websocket");
  must_be("connection", "upgrade");
  must_be("sec-websocket-accept", ws_accept(header_of(request, "sec-websocket-key")));
  for (const auto* offer : {"sec-websocket-protocol", "sec-websocket-extensions"}) {
    if (head.header(offer) && header_of(request, offer).empty()) {
      throw Failure(std::string(offer) + " came and was not asked for");
    }
  }
}

}  // namespace

HttpRequest ws_request(std::string_view subscriptions_json) {
  HttpRequest request{.target = std::string(kWsPath),
                      .headers = {{"upgrade", "websocket"},
                                  {"connection", "Upgrade"},
                                  {"sec-websocket-version", "13"},
                                  {"sec-websocket-key", kKey}}};
  if (!subscriptions_json.empty()) {
    request.target += "?subscriptions=" + percent_encode(subscriptions_json);
  }
  return request;
}

std::string ws_accept(std::string_view key) {
  const auto text = std::string(key).append(kAcceptSuffix);
  std::array<unsigned char, 20> digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1) {
    throw Failure("no SHA-1 here");
  }
  std::array<unsigned char, 29> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return {base64.begin(), base64.end() - 1};
}

std::string ws_subscriptions(std::string_view subscriptions_json) {
  return R"({"subscriptions":)" + std::string(subscriptions_json) + "}";
}

WsClient::WsClient(std::uint16_t port, const HttpRequest& request, int receive_buffer)
    : socket_(port, receive_buffer) {
  socket_.send(to_bytes(request));
  head_ = read_reply_head(socket_);
  if (head_.status != 101) {
    read_body(socket_, head_);
    throw Failure("the WebSocket was refused with " + std::to_string(head_.status) + ": " +
                  head_.body);
  }
  check_handshake(head_, request);
}

WsClient::WsClient(std::uint16_t port, std::initializer_list<std::string> types)
    : WsClient(port, ws_request(subscriptions_to(types))) {
  read_greeting();
}

void WsClient::send_text(std::string_view text) { send({.payload = std::string(text)}); }

void WsClient::send_ping(std::string_view payload) {
  send({.opcode = WsOpcode::kPing, .payload = std::string(payload)});
}

void WsClient::send_pong(std::string_view payload) {
  send({.opcode = WsOpcode::kPong, .payload = std::string(payload)});
}

void WsClient::send_close(std::uint16_t code, std::string_view reason) {
  send_close_bytes(close_payload(code, reason));
}

void WsClient::send_close_bytes(std::string_view payload) {
  has_sent_close_ = true;
  send({.opcode = WsOpcode::kClose, .payload = std::string(payload)});
}

WsFrame WsClient::next_frame(Deadline deadline) { return read_frame(socket_, deadline); }

WsFrame WsClient::next_frame_but_pings(Deadline deadline) {
  while (true) {
    auto frame = next_frame(deadline);
    if (frame.opcode != WsOpcode::kPing) return frame;
    if (!answers_pings_ || has_sent_close_) continue;
    frame.opcode = WsOpcode::kPong;
    frame.masked = true;
    // The peer may have gone meanwhile; then what it sent before is still to be read.
    (void)socket_.try_send(to_bytes(frame));
  }
}

WsEvent WsClient::next_event(Deadline deadline) {
  std::string message;
  bool is_compressed = false;
  for (bool is_first = true; true; is_first = false) {
    auto frame = next_frame_but_pings(deadline);
    while (frame.opcode == WsOpcode::kPong) frame = next_frame_but_pings(deadline);
    if (frame.opcode == WsOpcode::kClose) {
      const auto close = parse_close(frame);
      throw Closed("an event was expected, a close came: " +
                   std::to_string(close.code.value_or(0)) + " " + close.reason);
    }
    if (frame.opcode != (is_first ? WsOpcode::kText : WsOpcode::kContinuation)) {
      throw Failure("an event was expected, not: " + frame.payload);
    }
    if (frame.rsv != 0) {
      if (!is_first || !head_.header("sec-websocket-extensions")) {
        throw Failure("a compressed frame where none may be");
      }
      is_compressed = true;
    }
    message += frame.payload;
    if (frame.fin) break;
  }
  if (is_compressed) message = inflate_message(message);
  if (!is_utf8(message)) throw Failure("a text message that is no UTF-8");
  auto type = json_at(message, "/type").value_or("");
  return {std::move(type), std::move(message), is_compressed};
}

std::string WsClient::read_greeting() {
  const auto welcome = next_event();
  if (welcome.type != "rig.connection.create") throw Failure("no welcome but " + welcome.json);
  token_ = json_at(welcome.json, "/data/connection_token").value_or("");
  auto confirmation = next_event();
  if (confirmation.type != "rig.subscriptions_set") {
    throw Failure("no confirmation of the subscriptions but " + confirmation.json);
  }
  return std::move(confirmation.json);
}

void WsClient::expect_pong(std::string_view payload) {
  const auto frame = next_frame_but_pings(Deadline{});
  if (frame.opcode != WsOpcode::kPong || frame.payload != payload) {
    throw Failure("the pong '" + std::string(payload) + "' was expected, not: " + frame.payload);
  }
}

WsClose WsClient::read_close(bool may_be_reset) {
  auto close = parse_close(next_frame_but_pings(Deadline{}));
  if (!has_sent_close_) {
    has_sent_close_ = true;
    const WsFrame answer{.opcode = WsOpcode::kClose,
                         .payload = close.code ? close_payload(*close.code) : std::string{}};
    (void)socket_.try_send(to_bytes(answer));
  }
  const auto rest = socket_.read_to_end();
  if (!rest.empty()) throw Failure("bytes after the close frame: " + rest);
  if (socket_.was_reset() && !may_be_reset) {
    throw Failure("the connection was reset after the close frame");
  }
  socket_.close();  // as every client does now
  return close;
}

void WsClient::expect_close(std::uint16_t code, std::optional<std::string_view> reason) {
  const auto close = read_close();
  if (close.code != code || (reason && close.reason != *reason)) {
    throw Failure("the close " + std::to_string(code) + " '" +
                  std::string(reason.value_or("(any)")) + "' was expected, not " +
                  std::to_string(close.code.value_or(0)) + " '" + close.reason + "'");
  }
}

}  // namespace testkit
