#pragma once

#include <rig/core/task.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace rig::transport {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

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

/// Receives what is there, without waiting. Zero bytes and not `peer_is_gone`: nothing is there.
struct Received {
  std::size_t bytes = 0;
  bool peer_is_gone = false;
};
Received read_now(int fd, std::span<char> into) noexcept;

}  // namespace rig::transport
