#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rig::transport {

/// What a frame is (RFC 6455, 5.2).
enum class WsOpcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

/// Why a WebSocket ends (RFC 6455, 7.4). A client may send others, 3000 to 4999, which have no name
/// here.
enum class WsCloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kNoStatus = 1005,  ///< never on the wire: the close frame had no code, or shall have none
  kInvalidPayload = 1007,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
  kInternalError = 1011,
  kTryAgainLater = 1013,
};

/// RFC 6455, 5.5: of a ping, a pong or a close.
inline constexpr std::size_t kWsControlBytesMax = 125;

/// The head of a frame that the server sends: unmasked, the whole message in it. `compressed`: the
/// payload is what `WsDeflater` made (RFC 7692, 6).
std::string ws_frame_head(WsOpcode opcode, std::size_t payload_bytes, bool compressed = false);

/// Whole frames. A ping's or pong's payload is at most `kWsControlBytesMax` long.
std::string ws_ping(std::string_view payload = {});
std::string ws_pong(std::string_view payload);

/// `reason` is UTF-8; what is too long for a frame is cut at a character. `kNoStatus` makes a close
/// without code and reason.
std::string ws_close(WsCloseCode code, std::string_view reason = {});

/// Whether a client may send this code (RFC 6455, 7.4, and what IANA registered later).
[[nodiscard]] bool is_valid_close_code(std::uint16_t code) noexcept;

}  // namespace rig::transport
