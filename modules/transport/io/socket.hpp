#pragma once

#include <rig/core/socket.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace rig::transport {

/// What a write without waiting came to.
struct Written {
  std::size_t bytes = 0;  ///< less than asked for: the socket is full
  bool peer_is_gone = false;
};

/// The most pieces that one gathered write takes.
inline constexpr std::size_t kPiecesMax = 192;

/// Sends `pieces` (at most kPiecesMax, none empty) as one, without waiting. All bytes of all event
/// streams leave through here, so another way to submit them has one place to go.
Written write_now(int fd, std::span<const std::string_view> pieces) noexcept;

}  // namespace rig::transport
