#pragma once

#include "event_stream.hpp"
#include "http.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

inline constexpr std::string_view kSsePath = "/_rig/v1/connection/sse";

/// The JSON of subscriptions to whole event types.
[[nodiscard]] std::string subscriptions_to(const std::vector<std::string>& types);
/// The request that opens a stream with these subscriptions (JSON; none if empty).
[[nodiscard]] HttpRequest sse_request(std::string_view subscriptions_json);

/// A client of an event stream over HTTP/1.1.
class SseClient {
 public:
  /// Sends the request and reads the head of the answer, which must be 200.
  SseClient(std::uint16_t port, const HttpRequest& request, int receive_buffer = 0);
  /// Subscribed to these types, with the welcome and the confirmation already read.
  SseClient(std::uint16_t port, std::initializer_list<std::string> types);

  [[nodiscard]] const HttpReply& head() const { return head_; }
  /// The payload of the next chunk as it came; empty when the stream ended in order.
  [[nodiscard]] std::string next_chunk(Deadline deadline = Deadline{});
  /// The next event of any kind; comments are passed over. Throws if the stream ends.
  [[nodiscard]] ServerSentEvent next_event(Deadline deadline = Deadline{});
  /// The welcome and the confirmation of the subscriptions, of which the data is returned.
  std::string read_greeting();
  /// Reads on to the last chunk and the end of the connection. Throws if it is cut instead.
  void expect_orderly_end();

  [[nodiscard]] RawSocket& socket() { return socket_; }
  [[nodiscard]] const std::vector<std::string>& comments() const { return parser_.comments(); }

 private:
  RawSocket socket_;
  HttpReply head_;
  EventStreamParser parser_;
};

}  // namespace testkit
