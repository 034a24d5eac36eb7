#include "listener.hpp"

#include "deadline.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace testkit {

Listener::Listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd_, generic, size) != 0 || listen(fd_, 1) != 0 ||
      getsockname(fd_, generic, &size) != 0) {
    close(fd_);
    throw Failure("cannot listen on any port");
  }
  port_ = ntohs(address.sin_port);
}

RawSocket Listener::accept(Deadline deadline) {
  pollfd item{fd_, POLLIN, 0};
  if (poll(&item, 1, deadline.milliseconds_left()) != 1) throw Failure("nobody connects");
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) throw Failure("cannot accept a connection");
  return RawSocket::of_descriptor(fd);
}

Listener::~Listener() { close(fd_); }

std::uint16_t quiet_port() {
  // Below the ports that the system gives to clients; different tests start at different ones.
  static unsigned next = 20'000 + static_cast<unsigned>(getpid()) * 7 % 11'000;
  for (int tries = 0; tries < 1000; ++tries) {
    const auto port = static_cast<std::uint16_t>(next++);
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    const bool is_free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    if (is_free) return port;
  }
  throw Failure("no port is free");
}

}  // namespace testkit
