#pragma once

#include "logic/ws_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// One thing that a client said.
struct WsItem {
  enum class Kind : std::uint8_t {
    kText,    ///< a whole message of valid UTF-8, put together and inflated
    kBinary,  ///< the same of any bytes
    kPing,    ///< to be answered by a pong with the same payload
    kPong,
    kClose,    ///< the client's close; `kNoStatus` if it gave no code
    kFailure,  ///< the client broke the protocol: to be answered by a close of this code and reason
  };
  Kind kind;
  WsCloseCode code = WsCloseCode::kNoStatus;  ///< of a close or a failure
  std::string payload;                        ///< a close's or failure's reason
};

/// Bytes of a client → messages (RFC 6455, 5 and 8.1; RFC 7692). A pure function of the bytes, not
/// of how they are cut, and fails at the first byte that is wrong. Small while no message is under
/// way, for there are many that wait; memory grows with what has come, not with what is announced.
class WsReader {
 public:
  /// A message longer than `message_bytes_max`, which is at most 1 GiB, is a failure
  /// (`kMessageTooBig`), both as sent and inflated. `deflate`: permessage-deflate was agreed on.
  WsReader(std::size_t message_bytes_max, bool deflate);
  ~WsReader();
  WsReader(WsReader&&) noexcept;
  WsReader& operator=(WsReader&&) noexcept;

  /// Takes bytes from the front of `bytes` until something is complete; nothing if they are used up
  /// before. Behind a close or a failure there is nothing more: it takes all bytes and ignores
  /// them.
  [[nodiscard]] std::optional<WsItem> feed(std::string_view& bytes);

  /// A close or a failure came.
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  /// Neither a frame nor a message is under way; no memory beyond the object is held.
  [[nodiscard]] bool is_idle() const noexcept { return partial_ == nullptr; }

 private:
  struct Partial;

  std::optional<WsItem> read_head(std::string_view& bytes);
  std::optional<WsItem> read_payload(std::string_view& bytes);
  std::optional<WsItem> check_head();
  std::optional<WsItem> check_first_byte();
  std::optional<WsItem> check_second_byte();
  std::optional<WsItem> check_length();
  std::optional<WsItem> end_frame();
  std::optional<WsItem> end_message();

  std::unique_ptr<Partial> partial_;
  std::uint32_t message_bytes_max_;
  bool deflate_;
  bool is_done_ = false;
};

}  // namespace rig::transport
