#pragma once
// The few system calls of the driver: sockets to a loopback port, and waiting for many of them.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "clock.hpp"

namespace rig::bench {

/// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { close(); }

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// Starts to connect to a port of 127.0.0.1 without waiting. `source` picks the own address,
/// 127.0.0.(1 + source): an address has about 28,000 ports. `receive_buffer`: bytes that the kernel
/// may hold for us; 0: as it likes. Closed if the system refuses at once.
Socket connect_loopback(std::uint16_t port, unsigned source, int receive_buffer = 0);

/// Raises the limit of open files to the hard limit; returns it.
std::uint64_t raise_open_files_limit();

/// Sends as much as the socket takes and removes it from `bytes`; false if the connection is
/// broken.
bool send_some(const Socket& socket, std::string_view& bytes);

/// What a connection is found by when something happens to it.
using Tag = std::uint64_t;

class Poller {
 public:
  Poller();

  void add(const Socket& socket, Tag tag, std::uint32_t events);
  void change(const Socket& socket, Tag tag, std::uint32_t events);
  /// Something that happens to `other` is something that happens here.
  void add(const Poller& other, Tag tag) { add(other.epoll_, tag, EPOLLIN); }

  /// Waits until something happens, at most until `deadline`. The result is valid until the next
  /// call.
  std::span<const epoll_event> wait(Nanos deadline);

 private:
  void control(int operation, const Socket& socket, Tag tag, std::uint32_t events);

  Socket epoll_;
  std::array<epoll_event, 512> ready_;
};

}  // namespace rig::bench
