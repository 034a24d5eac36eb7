#include "recording_backend.hpp"

#include "http.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

namespace testkit {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// The lines of a stream, as somebody reads them.
class Lines {
 public:
  Lines(std::string_view stream, bool ends_at_lf)
      : rest_(stream), end_(ends_at_lf ? "\n" : "\r\n") {}

  /// Nothing: it is not complete.
  std::optional<std::string_view> next() {
    const auto at = rest_.find(end_);
    if (at == std::string_view::npos) return std::nullopt;
    auto line = rest_.substr(0, at);
    rest_.remove_prefix(at + end_.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  /// False: there is not so much.
  bool skip(std::size_t size) {
    if (size > rest_.size()) return false;
    rest_.remove_prefix(size);
    return true;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::string_view end_;
};

struct Body {
  bool is_chunked = false;
  std::optional<std::size_t> length;
};

std::string_view trimmed(std::string_view text) {
  const auto from = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(from);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

template <class Number>
Number number_in(std::string_view text, int base) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

void take_header(std::string_view line, const Reading& reading, Body& body) {
  const auto colon = std::min(line.find(':'), line.size());
  std::string name(line.substr(0, colon));
  const auto value = trimmed(line.substr(std::min(colon + 1, line.size())));
  if (reading.is_lenient) {
    name = std::string(trimmed(name));
    std::ranges::replace(name, '_', '-');
  }
  if (equals_ignoring_case(name, "content-length")) body.length = number_in<std::size_t>(value, 10);
  if (!equals_ignoring_case(name, "transfer-encoding")) return;
  body.is_chunked = reading.is_lenient ? value.find("chunked") != std::string_view::npos
                                       : equals_ignoring_case(value, "chunked");
}

bool skip_chunks(Lines& lines) {
  while (const auto size_line = lines.next()) {
    const auto size = number_in<std::size_t>(*size_line, 16);
    if (size == 0) {
      while (const auto trailer = lines.next()) {
        if (trailer->empty()) return true;
      }
      return false;
    }
    if (!lines.skip(size) || !lines.next()) return false;
  }
  return false;
}

/// Behind the first request; nothing: it is not complete.
std::optional<std::size_t> end_of_first(std::string_view stream, const Reading& reading) {
  Lines lines(stream, reading.ends_lines_at_lf);
  Body body;
  for (auto line = lines.next(); !line || !line->empty(); line = lines.next()) {
    if (!line) return std::nullopt;
    take_header(*line, reading, body);
  }
  const bool by_length = body.length && (reading.prefers_length || !body.is_chunked);
  const bool is_complete =
      by_length ? lines.skip(*body.length) : (!body.is_chunked || skip_chunks(lines));
  if (!is_complete) return std::nullopt;
  return stream.size() - lines.rest().size();
}

}  // namespace

std::vector<std::string> requests_in(std::string_view stream, const Reading& reading) {
  std::vector<std::string> requests;
  while (!stream.empty()) {
    requests.emplace_back(stream.substr(0, stream.find_first_of("\r\n")));
    const auto end = end_of_first(stream, reading);
    if (!end) break;
    stream.remove_prefix(*end);
  }
  return requests;
}

RecordingBackend::RecordingBackend() : acceptor_([this] { accept_all(); }) {}

std::vector<std::string> RecordingBackend::finish() {
  is_over_ = true;
  if (acceptor_.joinable()) acceptor_.join();
  connections_.clear();
  return streams_;
}

void RecordingBackend::accept_all() {
  while (!is_over_) {
    try {
      auto socket = listener_.accept(Deadline(kTick));
      connections_.emplace_back(
          [this, taken = std::move(socket)]() mutable { serve(std::move(taken)); });
    } catch (const Failure&) {
      continue;  // nobody connects at the moment
    }
  }
}

void RecordingBackend::serve(RawSocket socket) {
  std::string stream;
  std::size_t answered = 0;
  try {
    for (auto bytes = socket.read_some(); !bytes.empty(); bytes = socket.read_some()) {
      stream += bytes;
      while (answered < stream.size()) {
        const auto end = end_of_first(std::string_view(stream).substr(answered), Reading{});
        if (!end) break;
        answered += *end;
        if (!socket.try_send(kAnswer)) break;
      }
    }
  } catch (const Failure&) {
    stream += "(the connection did not end)";
  }
  const std::lock_guard lock(mutex_);
  streams_.push_back(std::move(stream));
}

}  // namespace testkit
