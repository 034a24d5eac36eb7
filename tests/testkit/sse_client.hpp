#pragma once

#include "event_stream.hpp"
#include "http.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

inline constexpr std::string_view kSsePath = "/_rig/v1/connection/sse";

/// The JSON of subscriptions to whole event types.
[[nodiscard]] std::string subscriptions_to(const std::vector<std::string>& types);
/// The request that opens a stream with these subscriptions (JSON; none if empty).
[[nodiscard]] HttpRequest sse_request(std::string_view subscriptions_json);

/// That request, made by a client that returns: by the header that `EventSource` sends, or by the
/// query, which every transport knows.
[[nodiscard]] HttpRequest resuming_by_header(HttpRequest request, std::string_view last_event_id);
[[nodiscard]] HttpRequest resuming_by_query(HttpRequest request, std::string_view last_event_id);

/// A client of an event stream over HTTP/1.1. Nothing is read but by the calls below: a client that
/// is not asked is a slow one (give it a small `receive_buffer`), and `socket().reset()` is its
/// sudden death.
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
  /// What resumes the stream after the event that `next_event()` gave last; empty if no `id:` came.
  [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }
  /// The `retry:` of what was read, in milliseconds, and how many of them there were.
  [[nodiscard]] std::optional<std::uint64_t> retry() const { return parser_.retry(); }
  [[nodiscard]] std::size_t retry_count() const { return parser_.retry_count(); }
  /// Of the connection; known once the welcome was read.
  [[nodiscard]] const std::string& token() const { return token_; }
  /// Reads on to the last chunk and the end of the connection. Throws if it is cut instead.
  void expect_orderly_end();

  [[nodiscard]] RawSocket& socket() { return socket_; }
  [[nodiscard]] const std::vector<std::string>& comments() const { return parser_.comments(); }

 private:
  RawSocket socket_;
  HttpReply head_;
  EventStreamParser parser_;
  std::string last_event_id_;
  std::string token_;
};

}  // namespace testkit
