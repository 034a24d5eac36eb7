#include "raw_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace testkit {
namespace {

std::string because(std::string_view what) {
  return std::string(what) + ": " + std::strerror(errno);
}

bool wait_for(int fd, short events, const Deadline& deadline) {
  pollfd item{fd, events, 0};
  int ready = 0;
  do {
    ready = poll(&item, 1, deadline.milliseconds_left());
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

// Enough to recognise what came, short enough for a test report.
std::string excerpt(std::string_view bytes) {
  return "[" + std::to_string(bytes.size()) + " bytes] " + std::string(bytes.substr(0, 500));
}

}  // namespace

RawSocket::RawSocket(std::uint16_t port, int receive_buffer)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) throw Failure(because("socket"));
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const int on = 1;  // a test that sends byte by byte wants one packet for each
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const auto reason = because("connect to port " + std::to_string(port));
    close();
    throw Closed(reason);
  }
}

RawSocket::~RawSocket() { close(); }

RawSocket::RawSocket(RawSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      was_reset_(other.was_reset_) {}

RawSocket& RawSocket::operator=(RawSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(buffer_, other.buffer_);
  std::swap(was_reset_, other.was_reset_);
  return *this;
}

bool RawSocket::try_send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return false;
    } else if (errno != EAGAIN && errno != EINTR) {
      throw Failure(because("send"));
    } else if (!wait_for(fd_, POLLOUT, deadline)) {
      throw Failure("the gateway does not read what is sent to it");
    }
  }
  return true;
}

void RawSocket::send(std::string_view bytes) {
  if (!try_send(bytes)) throw Closed("the gateway closed the connection while it was sent to");
}

bool RawSocket::receive_more(Deadline deadline) {
  std::array<char, 65536> piece;
  while (wait_for(fd_, POLLIN, deadline)) {
    const auto got = recv(fd_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0) {
      buffer_.append(piece.data(), static_cast<std::size_t>(got));
      return true;
    }
    if (got == 0) return false;
    if (errno == ECONNRESET) {
      was_reset_ = true;
      return false;
    }
    if (errno != EAGAIN && errno != EINTR) throw Failure(because("recv"));
  }
  throw Failure("nothing came before the deadline; so far: " + excerpt(buffer_));
}

std::string RawSocket::read_until(std::string_view delimiter, Deadline deadline) {
  std::size_t searched = 0;
  while (true) {
    const auto at = buffer_.find(delimiter, searched);
    if (at != std::string::npos) return read_exactly(at + delimiter.size(), deadline);
    searched = buffer_.size() < delimiter.size() ? 0 : buffer_.size() - delimiter.size() + 1;
    if (!receive_more(deadline)) throw Closed("the stream ended in " + excerpt(buffer_));
  }
}

std::string RawSocket::read_exactly(std::size_t size, Deadline deadline) {
  while (buffer_.size() < size) {
    if (!receive_more(deadline)) throw Closed("the stream ended in " + excerpt(buffer_));
  }
  auto bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

std::string RawSocket::read_some(Deadline deadline) {
  if (buffer_.empty()) (void)receive_more(deadline);
  return std::exchange(buffer_, {});
}

std::string RawSocket::read_to_end(Deadline deadline) {
  while (receive_more(deadline)) {
  }
  return std::exchange(buffer_, {});
}

void RawSocket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void RawSocket::reset() {
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void RawSocket::shutdown_send() { shutdown(fd_, SHUT_WR); }

}  // namespace testkit
