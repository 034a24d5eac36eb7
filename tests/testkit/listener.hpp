#pragma once

#include "raw_socket.hpp"

#include <cstdint>

namespace testkit {

/// Holds a port of all interfaces, as another program that got there first would; or is the server
/// that a client under test talks to.
class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The next connection. Throws Failure if none comes before the deadline.
  [[nodiscard]] RawSocket accept(Deadline deadline = Deadline{});

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

/// A port that is free now and that the system gives to nobody who asks for any: for a gateway that
/// is to come back at the same one.
[[nodiscard]] std::uint16_t quiet_port();

}  // namespace testkit
