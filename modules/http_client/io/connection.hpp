#pragma once

#include "io/socket.hpp"

#include <rig/core/timer_wheel.hpp>
#include <rig/metrics/cells.hpp>

#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace rig::http_client {

/// A connection to a server: in use by one call, or idle. Shared with the handlers that the socket
/// still has to call; on one shard.
class Connection final : public std::enable_shared_from_this<Connection>,
                         private TimerWheel::Timer {
 public:
  Connection(Executor executor, metrics::Gauge& open_connections);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Socket& socket() noexcept { return socket_; }
  [[nodiscard]] TlsStream* tls() noexcept { return tls_ ? &*tls_ : nullptr; }
  TlsStream& add_tls(boost::asio::ssl::context& context) { return tls_.emplace(socket_, context); }

  /// What has been received and not been read: bounded by more than a header has.
  boost::beast::flat_buffer buffer{kBufferBytesMax};
  bool was_used = false;  ///< an answer has come on it: it may be stale

  void note_open() noexcept;  ///< counts it until `close`
  /// Ends what waits on it. Safe to call twice.
  void close() noexcept;

  /// Calls `on_gone` once when the peer closes, when it sends what nobody asked for, or after
  /// `idle_max`; not after `stop_watching`.
  void watch(TimerWheel& wheel, std::chrono::milliseconds idle_max, std::function<void()> on_gone);
  void stop_watching() noexcept;

 private:
  static constexpr std::size_t kBufferBytesMax = std::size_t{64} << 10;

  void gone() noexcept;

  Socket socket_;
  std::optional<TlsStream> tls_;
  metrics::Gauge& open_connections_;
  bool is_open_ = false;
  std::uint64_t watch_ = 0;  // which watch it is: the handler of an earlier one finds another
  std::function<void()> on_gone_;
};

}  // namespace rig::http_client
