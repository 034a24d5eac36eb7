#include "logic/sse_encoder.hpp"

#include <array>
#include <charconv>
#include <string>

namespace rig::transport {

namespace {

constexpr std::string_view kCrlf = "\r\n";

/// `text` line by line. A carriage return ends a line of an event stream too, alone or before a
/// line feed.
void append_data(std::string& out, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    out.append("data: ").append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with(kCrlf) ? 2 : 1));
  }
}

ChunkRef frame(std::string_view message, Chunk::Clock::time_point received) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), message.size(), 16).ptr;
  const auto digits = static_cast<std::size_t>(end - size.data());
  std::string bytes;
  bytes.reserve(digits + message.size() + 2 * kCrlf.size());
  bytes.append(size.data(), digits).append(kCrlf).append(message).append(kCrlf);
  return ChunkRef(new Chunk(std::move(bytes), digits + kCrlf.size(), kCrlf.size(), received));
}

ChunkRef encode(const cloudevents::Event& event, Chunk::Clock::time_point received) {
  // Reused from event to event: the text is copied once more, but the chunk is allocated in its
  // final size.
  thread_local std::string message;
  message.clear();
  message.append("event: ").append(event.type()).append("\n");
  append_data(message, event.json());
  message.append("\n");
  return frame(message, received);
}

}  // namespace

ChunkRef encode_sse(const cloudevents::Event& event) { return encode(event, event.received()); }

ChunkRef encode_sse_notice(const cloudevents::Event& event) { return encode(event, {}); }

ChunkRef encode_sse_comment(std::string_view text) {
  std::string message(": ");
  message.append(text).append("\n\n");
  return frame(message, {});
}

ChunkRef encode_last_chunk() {
  std::string bytes = "0\r\n\r\n";
  const auto size = bytes.size();
  return ChunkRef(new Chunk(std::move(bytes), size, 0));
}

}  // namespace rig::transport
