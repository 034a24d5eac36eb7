#include "logic/sse_encoder.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <string>

namespace rig::transport {

namespace {

constexpr std::string_view kCrlf = "\r\n";

bool has_line_break(std::string_view text) noexcept {
  return std::memchr(text.data(), '\n', text.size()) != nullptr ||
         std::memchr(text.data(), '\r', text.size()) != nullptr;
}

/// `text` line by line. A carriage return ends a line of an event stream too, alone or before a
/// line feed.
void append_data(std::string& out, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of(kCrlf);
    out.append("data: ").append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with(kCrlf) ? 2 : 1));
  }
}

void append_retry(std::string& out, std::chrono::milliseconds retry) {
  out.append("retry: ").append(std::to_string(retry.count())).append("\n\n");
}

std::string head_of(const cloudevents::Event& event) {
  return std::string("event: ").append(event.type()).append("\n");
}

void append_id(std::string& out, std::string_view cursor) {
  if (!cursor.empty()) out.append("id: ").append(cursor).append("\n");
}

/// A frame of `message`, whose text of `text_size` bytes and end are still to come.
Chunk::Frame frame(std::string_view message, std::size_t text_size, std::string_view end) {
  std::array<char, 18> size{};
  const std::size_t total = message.size() + text_size + end.size() - kCrlf.size();
  const auto last = std::to_chars(size.data(), size.data() + 16, total, 16).ptr;
  const auto digits = static_cast<std::size_t>(last - size.data());
  Chunk::Frame made;
  made.prefix = digits + kCrlf.size();
  made.suffix = kCrlf.size();
  made.split = made.prefix + message.size();
  made.bytes.reserve(made.split + end.size());
  made.bytes.append(size.data(), digits).append(kCrlf).append(message).append(end);
  return made;
}

ChunkRef whole(std::string_view message, cloudevents::EventRef event = nullptr) {
  return ChunkRef(new Chunk(frame(message, 0, kCrlf), {}, std::move(event)));
}

/// With the end of the body behind it (RFC 9112, 7.1).
ChunkRef whole_and_last(std::string_view message) {
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  Chunk::Frame made = frame(message, 0, kCrlf);
  made.bytes += kLastChunk;
  made.suffix += kLastChunk.size();
  return ChunkRef(new Chunk(std::move(made), {}, nullptr));
}

std::string message_of(const cloudevents::Event& event, std::string_view cursor) {
  std::string message = head_of(event);
  append_data(message, event.json());
  append_id(message, cursor);
  message += '\n';
  return message;
}

}  // namespace

ChunkRef encode_sse(const cloudevents::EventRef& event, std::string_view cursor) {
  std::string message = head_of(*event);
  const std::string_view text = event->json();
  if (has_line_break(text)) {
    append_data(message, text);
    append_id(message, cursor);
    message += '\n';
    return whole(message, event);
  }
  message.append("data: ");
  std::string end = "\n";
  append_id(end, cursor);
  end.append("\n").append(kCrlf);
  return ChunkRef(new Chunk(frame(message, text.size(), end), text, event));
}

ChunkRef encode_sse_notice(const cloudevents::Event& event, std::string_view cursor) {
  return whole(message_of(event, cursor));
}

ChunkRef encode_sse_last(const cloudevents::Event& event) {
  return whole_and_last(message_of(event, {}));
}

ChunkRef encode_sse_comment(std::string_view text) {
  return whole(std::string(": ").append(text).append("\n\n"));
}

ChunkRef encode_sse_welcome(const cloudevents::Event& event, std::chrono::milliseconds retry) {
  std::string message = head_of(event);
  append_data(message, event.json());
  append_retry(message, retry);
  return whole(message);
}

ChunkRef encode_sse_goodbye(std::chrono::milliseconds retry) {
  std::string message = ": goodbye\n";
  append_retry(message, retry);
  return whole_and_last(message);
}

}  // namespace rig::transport
