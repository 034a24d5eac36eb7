#include "event_stream.hpp"

#include <charconv>
#include <utility>

namespace testkit {

void EventStreamParser::feed(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n' && std::exchange(after_cr_, false)) continue;  // the second half of CR LF
    after_cr_ = c == '\r';
    if (c == '\r' || c == '\n') {
      line_ended();
      line_.clear();
    } else {
      line_ += c;
    }
  }
}

void EventStreamParser::line_ended() {
  if (line_.empty()) return dispatch();
  const std::string_view line = line_;
  const auto colon = line.find(':');
  if (colon == 0) {
    comments_.emplace_back(line.substr(1));
    return;
  }
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    type_ = value;
  } else if (field == "data") {
    data_.append(value).append("\n");
  } else if (field == "id" && value.find('\0') == std::string_view::npos) {
    id_ = value;
  } else if (field == "retry") {
    std::uint64_t milliseconds = 0;
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), milliseconds);
    if (error == std::errc{} && end == value.data() + value.size()) {
      retry_ = milliseconds;
      ++retry_count_;
    }
  }
}

void EventStreamParser::dispatch() {
  last_event_id_ = id_;
  if (!data_.empty()) {
    data_.pop_back();
    ready_.push_back({type_.empty() ? "message" : type_, data_, last_event_id_});
  }
  data_.clear();
  type_.clear();
}

std::optional<ServerSentEvent> EventStreamParser::next() {
  if (ready_.empty()) return std::nullopt;
  auto event = std::move(ready_.front());
  ready_.pop_front();
  return event;
}

}  // namespace testkit
