#include "logic/ws_handshake.hpp"

#include "logic/ws_deflate.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/assert.hpp>

#include <openssl/evp.h>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace rig::transport {
namespace {

constexpr std::string_view kSubprotocol = "cloudevents.json";  // CloudEvents over WebSockets, 3.1

boost::beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

/// All headers of that name as one list (RFC 9110, 5.3).
std::string list_of(const Headers& headers, std::string_view name) {
  std::string list;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!equals_ignoring_case(headers[i].name, name)) continue;
    if (!list.empty()) list += ", ";
    list += headers[i].value;
  }
  return list;
}

/// The value of a header that must come exactly once.
std::optional<std::string_view> only(const Headers& headers, std::string_view name) {
  std::optional<std::string_view> value;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!equals_ignoring_case(headers[i].name, name)) continue;
    if (value) return std::nullopt;
    value = headers[i].value;
  }
  return value;
}

bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
  const std::string list = list_of(headers, name);
  return boost::beast::http::token_list(view(list)).exists(view(token));
}

bool offers_subprotocol(const Headers& headers) {
  const std::string list = list_of(headers, "sec-websocket-protocol");
  const boost::beast::http::token_list offers(view(list));
  // Not exists(): here case matters.
  return std::any_of(offers.begin(), offers.end(),
                     [](const auto& offer) { return offer == view(kSubprotocol); });
}

bool is_base64_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

/// RFC 6455, 4.2.1: base64 of 16 bytes.
bool is_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2, is_base64_digit);
}

/// RFC 6455, 4.2.2: base64 of the SHA-1 of the key and a fixed text.
std::string accept_for(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  unsigned size = 0;
  RIG_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1 &&
             size == digest.size());
  std::array<unsigned char, 29> encoded{};  // 28 and a NUL
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + length};
}

/// 426: RFC 9110, 15.5.22 and RFC 6455, 4.4.
HttpResponse upgrade_required(std::string_view message) {
  auto response = HttpResponse::error(426, message);
  response.headers.add("upgrade", "websocket");
  response.headers.add("connection", "upgrade");
  response.headers.add("sec-websocket-version", "13");
  return response;
}

}  // namespace

boost::system::result<WsHandshake, HttpResponse> check_ws_handshake(const HttpRequest& request,
                                                                    const WsOptions& options) {
  const Headers& headers = request.headers;
  // RFC 9110, 7.8: an upgrade counts only on HTTP/1.1, and only if `connection` names it.
  if (request.version < 11 || !has_token(headers, "upgrade", "websocket") ||
      !has_token(headers, "connection", "upgrade"))
    return upgrade_required(
        "This is a WebSocket endpoint: the request must be an HTTP/1.1 upgrade to websocket.");
  if (request.method != "GET")
    return HttpResponse::error(400, "A WebSocket is opened with the method GET.");
  if (only(headers, "sec-websocket-version") != "13")
    return upgrade_required("The only WebSocket version spoken here is 13.");
  const auto key = only(headers, "sec-websocket-key");
  if (!key || !is_key(*key))
    return HttpResponse::error(400,
                               "The request must have one Sec-WebSocket-Key header: 16 bytes in "
                               "base64.");

  WsHandshake handshake;
  handshake.accept = accept_for(*key);
  if (offers_subprotocol(headers)) handshake.subprotocol = kSubprotocol;
  if (options.deflate)
    handshake.extensions =
        negotiate_ws_deflate(list_of(headers, "sec-websocket-extensions")).value_or("");
  return handshake;
}

std::string write_ws_head(const WsHandshake& handshake, const Headers& extra,
                          std::string_view date) {
  std::string out;
  out.reserve(384);
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  out += "HTTP/1.1 101 Switching Protocols\r\n";
  add("upgrade", "websocket");
  add("connection", "upgrade");
  add("sec-websocket-accept", handshake.accept);
  if (!handshake.subprotocol.empty()) add("sec-websocket-protocol", handshake.subprotocol);
  if (!handshake.extensions.empty()) add("sec-websocket-extensions", handshake.extensions);
  for (std::size_t i = 0; i < extra.size(); ++i) add(extra[i].name, extra[i].value);
  add("date", date);
  out += "\r\n";
  return out;
}

}  // namespace rig::transport
