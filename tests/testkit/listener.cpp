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

}  // namespace testkit
