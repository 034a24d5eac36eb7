#pragma once

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

class TransportShard;

/// Listening sockets on one port, one per shard (SO_REUSEPORT): the kernel spreads the connections.
class Listeners {
 public:
  /// `setting` is the name of the port's setting, for the error. Throws StartupError, also if the
  /// port is taken by another gateway that would let itself be joined. Port 0 takes a free one.
  Listeners(const std::string& address, std::uint16_t port, std::size_t count,
            std::string_view setting);
  ~Listeners();
  Listeners(Listeners&&) noexcept = default;
  Listeners& operator=(Listeners&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Hands over one of them; the receiver closes it.
  int take();

 private:
  std::uint16_t port_ = 0;
  std::vector<int> sockets_;
};

/// Accepts on a listening socket until cancelled.
Task<> accept_connections(Ref<TransportShard> shard, int listener, Door door);

}  // namespace rig::transport
