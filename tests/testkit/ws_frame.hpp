#pragma once

#include "raw_socket.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace testkit {

enum class WsOpcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

/// How the length of a frame is written; all but the first are errors where a shorter form fits.
enum class WsLength { kShortest, kIn16Bits, kIn64Bits };

/// The reserved bits of a frame. A permessage-deflate message has the first one set.
inline constexpr unsigned kRsv1 = 4;
inline constexpr unsigned kRsv2 = 2;
inline constexpr unsigned kRsv3 = 1;

/// A frame of RFC 6455, 5.2. The default is what a client sends; every part of it can be wrong.
struct WsFrame {
  WsOpcode opcode = WsOpcode::kText;
  std::string payload = {};
  bool fin = true;
  unsigned rsv = 0;
  bool masked = true;
  WsLength length = WsLength::kShortest;
  std::array<unsigned char, 4> mask = {0x37, 0xfa, 0x21, 0x3d};
};

/// What a close frame says; no code if its payload is empty.
struct WsClose {
  std::optional<std::uint16_t> code;
  std::string reason;
};

[[nodiscard]] std::string to_bytes(const WsFrame& frame);
/// Only the head of that frame, with a length of `size` whatever its payload is.
[[nodiscard]] std::string head_bytes(const WsFrame& frame, std::uint64_t size);
[[nodiscard]] std::string close_payload(std::uint16_t code, std::string_view reason = {});
[[nodiscard]] WsClose parse_close(const WsFrame& frame);
/// Whether it is UTF-8 of RFC 3629.
[[nodiscard]] bool is_utf8(std::string_view text);

/// The next frame of a server. Throws Failure if no server may send it: masked, reserved opcode or
/// bits (but RSV1), a length that is not in its shortest form, a control frame that is fragmented
/// or too long.
[[nodiscard]] WsFrame read_frame(RawSocket& socket, Deadline deadline = Deadline{});

/// A message as permessage-deflate sends it (RFC 7692, 7.2) with no context kept, and back. The
/// window is of 2 to the power of `window_bits` bytes; zlib cannot compress with less than 9.
[[nodiscard]] std::string deflate_message(std::string_view message, int window_bits = 15);
[[nodiscard]] std::string inflate_message(std::string_view payload, int window_bits = 15);

}  // namespace testkit
