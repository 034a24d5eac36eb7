#pragma once

#include "logic/ws_frame.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// What to answer to the `Sec-WebSocket-Extensions` of a client: the first offer of
/// permessage-deflate that can be accepted; nothing if there is none (RFC 7692, 5 and 7.1). Neither
/// side keeps a window from one message to the next: it would cost each connection memory, and one
/// compressed form of an event could not serve them all. For the same reason an offer that wants a
/// smaller window of the server is declined.
std::optional<std::string> negotiate_ws_deflate(std::string_view offers);

/// Compresses messages, each for itself (RFC 7692, 7.2.1). About 256 KiB, so one per shard.
class WsDeflater {
 public:
  WsDeflater();
  ~WsDeflater();
  WsDeflater(WsDeflater&&) noexcept;
  WsDeflater& operator=(WsDeflater&&) noexcept;

  /// The payload of a frame with `compressed` set. Can be longer than `message`, which is at most
  /// 1 GiB.
  std::string compress(std::string_view message);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

/// The message that a client compressed (RFC 7692, 7.2.2). The error is `kInvalidPayload`, or
/// `kMessageTooBig` as soon as it grows beyond `bytes_max`, which is at most 1 GiB.
boost::system::result<std::string, WsCloseCode> inflate_ws_message(std::string_view compressed,
                                                                   std::size_t bytes_max);

}  // namespace rig::transport
