#include "logic/ws_frame.hpp"

#include <rig/core/assert.hpp>

namespace rig::transport {
namespace {

void append_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
  while (bytes-- > 0) out.push_back(static_cast<char>(number >> (8 * bytes) & 0xFF));
}

std::string control_frame(WsOpcode opcode, std::string_view payload) {
  RIG_ASSERT(payload.size() <= kWsControlBytesMax);
  return ws_frame_head(opcode, payload.size()).append(payload);
}

/// The start of valid UTF-8, not cut within a character.
std::string_view start_of(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80)
    --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace

std::string ws_frame_head(WsOpcode opcode, std::size_t payload_bytes, bool compressed) {
  constexpr unsigned kFin = 0x80;
  constexpr unsigned kRsv1 = 0x40;
  std::string head;
  head.push_back(
      static_cast<char>(kFin | (compressed ? kRsv1 : 0U) | static_cast<unsigned>(opcode)));
  if (payload_bytes < 126) {
    append_big_endian(head, payload_bytes, 1);
  } else if (payload_bytes <= 0xFFFF) {
    append_big_endian(head, 126, 1);
    append_big_endian(head, payload_bytes, 2);
  } else {
    append_big_endian(head, 127, 1);
    append_big_endian(head, payload_bytes, 8);
  }
  return head;
}

std::string ws_ping(std::string_view payload) { return control_frame(WsOpcode::kPing, payload); }

std::string ws_pong(std::string_view payload) { return control_frame(WsOpcode::kPong, payload); }

std::string ws_close(WsCloseCode code, std::string_view reason) {
  std::string payload;
  if (code != WsCloseCode::kNoStatus) {
    append_big_endian(payload, static_cast<std::uint16_t>(code), 2);
    payload += start_of(reason, kWsControlBytesMax - payload.size());
  }
  return control_frame(WsOpcode::kClose, payload);
}

bool is_valid_close_code(std::uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace rig::transport
