#include "sse_reader.hpp"

namespace rig::bench {

bool SseReader::next(std::string_view& in) {
  if (is_dispatched_) {
    type_.clear();
    data_.clear();
    id_.clear();
    has_data_ = is_dispatched_ = false;
  }
  while (!in.empty()) {
    const std::size_t end = in.find('\n');
    if (end == std::string_view::npos) {
      line_ += in;
      in = {};
      break;
    }
    std::string_view line = in.substr(0, end);
    in.remove_prefix(end + 1);
    if (!line_.empty()) {
      line_ += line;
      line = line_;
    }
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const bool is_end_of_event = line.empty();
    if (!is_end_of_event) {
      on_field(line);
    }
    line_.clear();
    if (is_end_of_event && has_data_) {
      is_dispatched_ = true;
      return true;
    }
    if (is_end_of_event) {
      type_.clear();  // an event without data is none
      id_.clear();
    }
  }
  return false;
}

void SseReader::on_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);  // empty: a comment, such as a heartbeat
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    if (has_data_) {
      data_ += '\n';
    }
    data_ += value;
    has_data_ = true;
  } else if (name == "id") {
    id_ = value;
  }
}

}  // namespace rig::bench
