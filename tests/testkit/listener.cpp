#include "listener.hpp"

#include "deadline.hpp"

#include <netinet/in.h>
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

Listener::~Listener() { close(fd_); }

}  // namespace testkit
