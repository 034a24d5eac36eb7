#include "http_reader.hpp"

#include <algorithm>
#include <charconv>

namespace rig::bench {
namespace {

constexpr std::size_t kLineBytesMax = 16384;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, {}, lower);
}

bool parse_number(std::string_view text, int base, std::uint64_t& value) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return parsed.ec == std::errc{};
}

}  // namespace

HttpReader::Step HttpReader::next(std::string_view& in, std::string_view& body) {
  while (!in.empty()) {
    if (state_ == State::kLength || state_ == State::kChunk) {
      body = in.substr(0, std::min<std::uint64_t>(left_, in.size()));
      in.remove_prefix(body.size());
      left_ -= body.size();
      if (left_ == 0 && state_ == State::kChunk) {
        state_ = State::kChunkEnd;
      } else if (left_ == 0) {
        finish();
      }
      return Step::kBody;
    }
    if (is_complete_) {
      is_complete_ = false;
      return Step::kEnd;
    }
    if (!take_line(in)) {
      return line_.size() > kLineBytesMax ? Step::kMalformed : Step::kNeedMore;
    }
    const bool is_valid = on_line(line_);
    line_.clear();
    if (!is_valid) {
      return Step::kMalformed;
    }
  }
  if (is_complete_) {
    is_complete_ = false;
    return Step::kEnd;
  }
  return Step::kNeedMore;
}

bool HttpReader::take_line(std::string_view& in) {
  const std::size_t end = in.find('\n');
  if (end == std::string_view::npos) {
    line_ += in;
    in = {};
    return false;
  }
  line_ += in.substr(0, end);
  in.remove_prefix(end + 1);
  if (line_.ends_with('\r')) {
    line_.pop_back();
  }
  return true;
}

bool HttpReader::on_line(std::string_view line) {
  switch (state_) {
    case State::kStatusLine: {
      std::uint64_t status = 0;
      if (!line.starts_with("HTTP/1.1 ") || !parse_number(line.substr(9), 10, status)) {
        return false;
      }
      status_ = static_cast<int>(status);
      is_chunked_ = false;
      left_ = 0;
      state_ = State::kHeaders;
      return true;
    }
    case State::kHeaders:
      if (!line.empty()) {
        return on_header(line);
      }
      on_head_end();
      return true;
    case State::kChunkSize:
      if (!parse_number(line, 16, left_)) {
        return false;
      }
      state_ = left_ == 0 ? State::kTrailers : State::kChunk;
      return true;
    case State::kChunkEnd: state_ = State::kChunkSize; return line.empty();
    case State::kTrailers:
      if (line.empty()) {
        finish();
      }
      return true;
    case State::kLength:
    case State::kChunk: break;
  }
  return false;
}

bool HttpReader::on_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return false;
  }
  const std::string_view name = line.substr(0, colon);
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (same_name(name, "transfer-encoding")) {
    is_chunked_ = same_name(value, "chunked");
    return is_chunked_;
  }
  if (same_name(name, "sec-websocket-accept")) {
    websocket_accept_ = value;
  }
  return !same_name(name, "content-length") || parse_number(value, 10, left_);
}

void HttpReader::on_head_end() {
  if (is_chunked_) {
    state_ = State::kChunkSize;
  } else if (left_ > 0) {
    state_ = State::kLength;
  } else {
    finish();
  }
}

void HttpReader::finish() {
  state_ = State::kStatusLine;
  is_complete_ = true;
}

}  // namespace rig::bench
