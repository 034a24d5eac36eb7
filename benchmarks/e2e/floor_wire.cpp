#include "floor_wire.hpp"

#include <array>
#include <charconv>
#include <system_error>

#include "websocket.hpp"

namespace rig::bench {
namespace {

// Around the position: which log, and when.
constexpr std::string_view kBeforePosition = "rfloor1-";
constexpr std::string_view kAfterPosition = "-t00000";
constexpr int kBase = 36;

template <class Number>
void append_number(std::string& out, Number number, int base) {
  std::array<char, 24> digits{};
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr);
}

}  // namespace

std::string floor_id(std::uint64_t position) {
  std::string id(kBeforePosition);
  append_number(id, position, kBase);
  return id.append(kAfterPosition);
}

std::optional<std::uint64_t> floor_position(std::string_view id) {
  std::uint64_t position = 0;
  if (!id.starts_with(kBeforePosition) || !id.ends_with(kAfterPosition) ||
      id.size() <= kBeforePosition.size() + kAfterPosition.size()) {
    return std::nullopt;
  }
  id.remove_prefix(kBeforePosition.size());
  id.remove_suffix(kAfterPosition.size());
  const auto parsed = std::from_chars(id.data(), id.data() + id.size(), position, kBase);
  const bool is_whole = parsed.ec == std::errc{} && parsed.ptr == id.data() + id.size();
  return is_whole ? std::optional(position) : std::nullopt;
}

std::string_view sse_head() {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
         "cache-control: no-cache\r\naccess-control-allow-origin: *\r\n"
         "transfer-encoding: chunked\r\n\r\n";
}

std::string sse_chunk(std::string_view type, std::string_view data, std::string_view id) {
  std::string event = "id: ";
  event.append(id).append("\nevent: ").append(type).append("\ndata: ").append(data).append("\n\n");
  std::string chunk;
  append_number(chunk, event.size(), 16);
  return chunk.append("\r\n").append(event).append("\r\n");
}

std::string ws_head(std::string_view nonce) {
  return "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
         "sec-websocket-accept: " +
         ws_accept(nonce) + "\r\n\r\n";
}

}  // namespace rig::bench
