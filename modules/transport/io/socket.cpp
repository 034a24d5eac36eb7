#include "io/socket.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace rig::transport {

Written write_now(int fd, std::span<const std::string_view> pieces) noexcept {
  ssize_t sent = 0;
  do {
    if (pieces.size() == 1) {
      sent = ::send(fd, pieces[0].data(), pieces[0].size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      continue;
    }
    std::array<iovec, kPiecesMax> vectors;
    for (std::size_t i = 0; i < pieces.size(); ++i)
      vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = pieces.size();
    sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return Written{static_cast<std::size_t>(sent)};
  return Written{0, errno != EAGAIN && errno != ENOBUFS};
}

Received read_now(int fd, std::span<char> into) noexcept {
  ssize_t got = 0;
  do {
    got = ::recv(fd, into.data(), into.size(), MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got > 0) return Received{static_cast<std::size_t>(got)};
  return Received{0, got == 0 || errno != EAGAIN};
}

}  // namespace rig::transport
