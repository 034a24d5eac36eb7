#include "ws_frame.hpp"

#include <limits>

namespace testkit {
namespace {

constexpr std::uint64_t kLength16 = 126;
constexpr std::uint64_t kLength64 = 127;
constexpr std::size_t kControlPayloadMax = 125;

bool is_control(WsOpcode opcode) { return static_cast<unsigned>(opcode) >= 8; }

void append_number(std::string& bytes, std::uint64_t number, int size) {
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> static_cast<unsigned>(shift));
  }
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

void check_opcode(const WsFrame& frame) {
  switch (frame.opcode) {
    case WsOpcode::kContinuation:
    case WsOpcode::kText:
    case WsOpcode::kBinary:
    case WsOpcode::kClose:
    case WsOpcode::kPing:
    case WsOpcode::kPong: break;
    default:
      throw Failure("a frame with the reserved opcode " +
                    std::to_string(static_cast<unsigned>(frame.opcode)));
  }
  if ((frame.rsv & (kRsv2 | kRsv3)) != 0) throw Failure("a frame with a reserved bit");
  if (is_control(frame.opcode) && (!frame.fin || frame.rsv != 0)) {
    throw Failure("a control frame that is fragmented or compressed");
  }
}

}  // namespace

std::string head_bytes(const WsFrame& frame, std::uint64_t size) {
  std::string bytes;
  bytes += static_cast<char>((frame.fin ? 0x80U : 0U) | frame.rsv << 4U |
                             static_cast<unsigned>(frame.opcode));
  const std::uint64_t masked = frame.masked ? 0x80 : 0;
  const bool fits_16 = size <= std::numeric_limits<std::uint16_t>::max();
  if (frame.length == WsLength::kIn64Bits || !fits_16) {
    append_number(bytes, masked | kLength64, 1);
    append_number(bytes, size, 8);
  } else if (frame.length == WsLength::kIn16Bits || size >= kLength16) {
    append_number(bytes, masked | kLength16, 1);
    append_number(bytes, size, 2);
  } else {
    append_number(bytes, masked | size, 1);
  }
  if (frame.masked) bytes.append(frame.mask.begin(), frame.mask.end());
  return bytes;
}

std::string to_bytes(const WsFrame& frame) {
  auto bytes = head_bytes(frame, frame.payload.size());
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    const auto byte = static_cast<unsigned char>(frame.payload[i]);
    bytes += static_cast<char>(frame.masked ? byte ^ frame.mask.at(i % 4) : byte);
  }
  return bytes;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_number(payload, code, 2);
  return payload.append(reason);
}

WsClose parse_close(const WsFrame& frame) {
  if (frame.opcode != WsOpcode::kClose) throw Failure("not a close frame: " + frame.payload);
  if (frame.payload.empty()) return {};
  if (frame.payload.size() == 1) throw Failure("a close frame with half of a code");
  WsClose close{static_cast<std::uint16_t>(number_of(frame.payload.substr(0, 2))),
                frame.payload.substr(2)};
  if (!is_utf8(close.reason)) throw Failure("the reason of a close is no UTF-8");
  return close;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    if (first < 0x80) continue;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || text.size() - i < static_cast<std::size_t>(more)) {
      return false;
    }
    std::uint32_t point = first & (0x3FU >> static_cast<unsigned>(more));
    for (int k = 0; k < more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i++]);
      if ((byte & 0xC0U) != 0x80U) return false;
      point = point << 6U | (byte & 0x3FU);
    }
    const bool too_long = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    if (too_long || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  }
  return true;
}

WsFrame read_frame(RawSocket& socket, Deadline deadline) {
  const auto head = socket.read_exactly(2, deadline);
  const auto first = static_cast<unsigned char>(head[0]);
  const auto second = static_cast<unsigned char>(head[1]);
  WsFrame frame{.opcode = static_cast<WsOpcode>(first & 15U),
                .fin = (first & 0x80U) != 0,
                .rsv = first >> 4U & 7U,
                .masked = (second & 0x80U) != 0};
  if (frame.masked) throw Failure("a server must not mask its frames");
  check_opcode(frame);
  std::uint64_t size = second & 0x7FU;
  if (size == kLength16) {
    frame.length = WsLength::kIn16Bits;
    size = number_of(socket.read_exactly(2, deadline));
    if (size < kLength16) throw Failure("a length that is not in its shortest form");
  } else if (size == kLength64) {
    frame.length = WsLength::kIn64Bits;
    size = number_of(socket.read_exactly(8, deadline));
    if (size <= std::numeric_limits<std::uint16_t>::max()) {
      throw Failure("a length that is not in its shortest form");
    }
  }
  if (is_control(frame.opcode) && size > kControlPayloadMax) {
    throw Failure("a control frame of " + std::to_string(size) + " bytes");
  }
  frame.payload = socket.read_exactly(size, deadline);
  return frame;
}

}  // namespace testkit
