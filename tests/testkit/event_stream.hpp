#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

/// What `EventSource` would hand to a page.
struct ServerSentEvent {
  std::string type;  ///< "message" if the stream did not name one
  std::string data;
  std::string last_event_id;
};

/// Interprets an event stream as the HTML standard, 9.2.6 "Interpreting an event stream", says:
/// any of CR, LF and CR LF ends a line, an empty line dispatches, events without data are dropped.
class EventStreamParser {
 public:
  void feed(std::string_view bytes);
  [[nodiscard]] std::optional<ServerSentEvent> next();
  /// What `EventSource` would send back after all that was fed: an `id:` counts once its block has
  /// ended, whether or not the block had data.
  [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }
  /// The newest `retry:` in milliseconds; a value that is not all digits does not count.
  [[nodiscard]] std::optional<std::uint64_t> retry() const { return retry_; }
  /// How many `retry:` lines there were.
  [[nodiscard]] std::size_t retry_count() const { return retry_count_; }
  /// The comment lines since the start, without the colon.
  [[nodiscard]] const std::vector<std::string>& comments() const { return comments_; }

 private:
  void line_ended();
  void dispatch();

  std::string line_;
  bool after_cr_ = false;
  std::string type_;
  std::string data_;
  std::string id_;
  std::string last_event_id_;
  std::optional<std::uint64_t> retry_;
  std::size_t retry_count_ = 0;
  std::deque<ServerSentEvent> ready_;
  std::vector<std::string> comments_;
};

}  // namespace testkit
