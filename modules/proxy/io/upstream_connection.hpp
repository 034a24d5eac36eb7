#pragma once

#include "io/server.hpp"
#include "io/socket.hpp"
#include "io/tls_session.hpp"
#include "io/waiter.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// A connection to a backend, in use by one exchange or idle in the pool. On one shard.
///
/// A read is always under way, also while it is idle: so a peer that closes is noticed without a
/// look, and no wait for an answer needs epoll_ctl(2). Shared with the handler of that read.
class UpstreamConnection final : public std::enable_shared_from_this<UpstreamConnection> {
 public:
  using milliseconds = std::chrono::milliseconds;
  enum class Read : std::uint8_t { kBytes, kEnd, kBroken, kTimeout };
  enum class Written : std::uint8_t { kAll, kSome, kBroken };

  /// `scratch`: where it reads to, shared with the others of its shard.
  UpstreamConnection(Executor executor, TimerWheel& wheel, std::span<char> scratch);
  ~UpstreamConnection();
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  /// Tries the addresses in turn, for `at_most` in all; a `context` means TLS. Nothing: it is open.
  static Task<std::optional<DialFailure>> open(
      Ref<UpstreamConnection> self, std::vector<boost::asio::ip::tcp::endpoint> addresses,
      std::string host, TlsContext context, milliseconds at_most);

  /// What has come, or has ended it; nothing: it is being waited for.
  [[nodiscard]] std::optional<Read> read_now();
  /// Waits after a `read_now` without a result, for `at_most` or less; then there may be one.
  Task<> wait_to_read(milliseconds at_most);
  /// The two together; a time-out loses nothing and may be followed by another read.
  static Task<Read> read(Ref<UpstreamConnection> self, milliseconds at_most);
  /// What the last read brought, for its reader to change; until that suspends.
  [[nodiscard]] std::span<char> bytes() noexcept { return bytes_; }
  /// From now on a read leaves the bytes where they are, until they are discarded: what the kernel
  /// holds needs no memory here. False: not with TLS.
  [[nodiscard]] bool begin_peeking() noexcept;
  void discard(std::size_t bytes) noexcept;

  /// Sends all as one without waiting. After kSome, `finish_write` sends what is left; the texts
  /// must live as long.
  Written write(std::string_view first, std::string_view second = {}, std::string_view third = {});
  /// False if the peer takes nothing for `silence_max`, which closes the connection, or is gone.
  static Task<bool> finish_write(Ref<UpstreamConnection> self, milliseconds silence_max);

  /// A look at the socket: whether the peer has closed, or sent what nobody asked for. For requests
  /// that must not be sent twice.
  [[nodiscard]] bool is_stale() const noexcept;
  /// Ends what waits on it. Safe to call twice.
  void close() noexcept;

  /// Calls `on_gone` once when the peer closes, or sends what nobody asked for, or after
  /// `idle_max`; not after `stop_idling`. False if that has happened already.
  [[nodiscard]] bool idle(milliseconds idle_max, std::function<void()> on_gone);
  void stop_idling() noexcept;

  bool was_used = false;  ///< an answer has come on it: it may be stale

 private:
  struct ReadTimer final : TimerWheel::Timer {
    explicit ReadTimer(UpstreamConnection& of);
    UpstreamConnection& connection;
  };
  struct CloseTimer final : TimerWheel::Timer {
    explicit CloseTimer(UpstreamConnection& of);
    UpstreamConnection& connection;
  };

  static Task<boost::system::error_code> connect(
      Ref<UpstreamConnection> self, std::vector<boost::asio::ip::tcp::endpoint> addresses);
  static Task<bool> shake_hands(Ref<UpstreamConnection> self);
  void await_bytes();
  void receive_now() noexcept;
  [[nodiscard]] Step peek_now() noexcept;
  [[nodiscard]] Step send_now() noexcept;
  void bytes_came() noexcept;
  void gone() noexcept;
  void read_timed_out() noexcept;

  Socket socket_;
  TimerWheel& wheel_;
  std::optional<TlsSession> tls_;
  ReadTimer read_timer_{*this};
  CloseTimer close_timer_{*this};
  Waiter reader_;
  std::span<char> scratch_;
  std::span<char> bytes_;
  std::optional<Read> end_;               // how it ended
  std::array<std::string_view, 3> rest_;  // to be written, in order
  std::function<void()> on_gone_;
  bool is_waiting_ = false;  // a handler of the socket is still to come
  bool is_peeking_ = false;
  bool is_closed_ = false;
};

}  // namespace rig::proxy
