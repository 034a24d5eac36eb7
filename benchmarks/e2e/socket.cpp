#include "socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace rig::bench {
namespace {

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

void set_option(const Socket& socket, int level, int option) {
  const int on = 1;
  ::setsockopt(socket.fd(), level, option, &on, sizeof on);
}

}  // namespace

void Socket::close() {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

Socket connect_loopback(std::uint16_t port, unsigned source, int receive_buffer) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) {
    return {};
  }
  set_option(socket, IPPROTO_TCP, TCP_NODELAY);
  if (receive_buffer > 0) {
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  if (source > 0) {
    // The port is chosen by connect(), where it need only be unique together with the target.
    set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    const sockaddr_in own = loopback(source, 0);
    if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
      return {};
    }
  }
  const sockaddr_in server = loopback(0, port);
  const int result =
      ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&server), sizeof server);
  if (result != 0 && errno != EINPROGRESS) {
    return {};
  }
  return socket;
}

std::uint64_t raise_open_files_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

bool send_some(const Socket& socket, std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      return errno == EAGAIN || errno == EINTR;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_.is_open()) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
}

void Poller::add(const Socket& socket, Tag tag, std::uint32_t events) {
  control(EPOLL_CTL_ADD, socket, tag, events);
}

void Poller::change(const Socket& socket, Tag tag, std::uint32_t events) {
  control(EPOLL_CTL_MOD, socket, tag, events);
}

void Poller::control(int operation, const Socket& socket, Tag tag, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll_.fd(), operation, socket.fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

std::span<const epoll_event> Poller::wait(Nanos deadline) {
  const auto left = std::max<Nanos::rep>((deadline - now()).count(), 0);
  const timespec timeout{static_cast<std::time_t>(left / 1'000'000'000), left % 1'000'000'000};
  const int count = ::epoll_pwait2(epoll_.fd(), ready_.data(), static_cast<int>(ready_.size()),
                                   &timeout, nullptr);
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
  }
  return {ready_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace rig::bench
