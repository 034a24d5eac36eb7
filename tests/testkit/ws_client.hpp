#pragma once

#include "http.hpp"
#include "ws_frame.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace testkit {

inline constexpr std::string_view kWsPath = "/_rig/v1/connection/ws";

/// The handshake of RFC 6455, 4.1, with these subscriptions (JSON; none if empty). Headers and
/// query of it may be changed before it is sent. By `fetch()` it shows how it is refused.
[[nodiscard]] HttpRequest ws_request(std::string_view subscriptions_json = {});
/// What `sec-websocket-accept` must be for that key.
[[nodiscard]] std::string ws_accept(std::string_view key);
/// The in-band message that replaces the subscriptions by these (a JSON array).
[[nodiscard]] std::string ws_subscriptions(std::string_view subscriptions_json);

/// An event as it came in a text message.
struct WsEvent {
  std::string type;
  std::string json;
  bool was_compressed = false;
};

/// A client that sends any frame that it is told and checks each one that it gets. Nothing is read
/// but by the calls below, so a client that is not asked is a slow one.
class WsClient {
 public:
  /// Throws Failure unless the answer is a correct 101.
  explicit WsClient(std::uint16_t port, const HttpRequest& request = ws_request(),
                    int receive_buffer = 0);
  /// Subscribed to these types, with the welcome and the confirmation already read.
  WsClient(std::uint16_t port, std::initializer_list<std::string> types);

  [[nodiscard]] const HttpReply& head() const { return head_; }
  /// Of the connection; known once the welcome was read.
  [[nodiscard]] const std::string& token() const { return token_; }
  /// From now on pings are not answered.
  void ignore_pings() { answers_pings_ = false; }

  void send(const WsFrame& frame) { socket_.send(to_bytes(frame)); }
  void send_text(std::string_view text);
  void send_ping(std::string_view payload = {});
  void send_pong(std::string_view payload = {});
  void send_close(std::uint16_t code, std::string_view reason = {});
  /// A close frame with that payload, which may be none or wrong.
  void send_close_bytes(std::string_view payload);

  /// The next frame of any kind, as it is.
  [[nodiscard]] WsFrame next_frame(Deadline deadline = Deadline{});
  /// The next event: joins fragments, inflates, answers pings, passes over pongs. Throws if
  /// anything else comes.
  [[nodiscard]] WsEvent next_event(Deadline deadline = Deadline{});
  /// The welcome and the confirmation of the subscriptions, which is returned.
  std::string read_greeting();
  /// The next frame but pings must be this pong. As nothing overtakes a pong, it also shows that
  /// nothing else was sent before.
  void expect_pong(std::string_view payload);

  /// The next frame but pings must be a close, which is answered if it is not an answer itself;
  /// then the stream must end in order; unless `may_be_reset`, for a client that was still sending
  /// when the gateway had heard enough.
  WsClose read_close(bool may_be_reset = false);
  /// The next frame but pings must be a close with that code (and reason); the end as above.
  void expect_close(std::uint16_t code, std::optional<std::string_view> reason = std::nullopt);

  [[nodiscard]] RawSocket& socket() { return socket_; }

 private:
  [[nodiscard]] WsFrame next_frame_but_pings(Deadline deadline);

  RawSocket socket_;
  HttpReply head_;
  std::string token_;
  bool answers_pings_ = true;
  bool has_sent_close_ = false;
};

}  // namespace testkit
