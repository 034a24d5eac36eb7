#pragma once
// WebSocket (RFC 6455) as far as a client or rig_floor needs it: the two keys of the handshake, and
// frames.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::bench {

enum class WsOpcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

/// A Sec-WebSocket-Key: 16 bytes in base64, another one for each `number`.
std::string ws_nonce(std::uint64_t number);

/// The Sec-WebSocket-Accept that belongs to it (4.2.2).
std::string ws_accept(std::string_view nonce);

/// A whole frame as a server sends it: not masked.
std::string ws_server_frame(WsOpcode opcode, std::string_view payload);

/// A whole control frame as a client sends it: masked (5.3). `payload`: at most 125 bytes.
std::string ws_client_control(WsOpcode opcode, std::string_view payload, std::uint32_t mask);

/// Reads the frames of a server from a byte stream that may be cut anywhere.
class WsReader {
 public:
  enum class Step {
    kNeedMore,  ///< all bytes are consumed
    kText,      ///< a message, its fragments joined
    kPing,
    kPong,
    kClose,
    kMalformed,  ///< breaks the RFC, or is a binary message, which the gateway never sends
  };

  static constexpr std::size_t kMessageBytesMax = 1U << 24U;

  /// Consumes from the front of `in` up to the next step. `payload` is valid until the next call
  /// and as long as `in` is.
  Step next(std::string_view& in, std::string_view& payload);

 private:
  struct Head {
    WsOpcode opcode = WsOpcode::kContinuation;
    bool is_last = false;
    bool is_valid = true;
    std::size_t bytes = 0;  // of the head itself; 0: more of it is needed
    std::uint64_t payload_bytes = 0;

    std::size_t frame_bytes() const { return bytes + static_cast<std::size_t>(payload_bytes); }
  };

  static Head head_of(std::string_view bytes);
  bool take_frame(std::string_view& in, Head& head, std::string_view& frame);
  std::optional<Step> on_frame(const Head& head, std::string_view data, std::string_view& payload);

  std::string frame_;       // the beginning of a frame whose end has not arrived
  bool is_joined_ = false;  // frame_ is whole and was given out
  std::string message_;     // the fragments of a message
  bool is_open_ = false;    // more of them will come
};

}  // namespace rig::bench
