#pragma once

#include <rig/core/task.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace rig {

/// A stream socket that never blocks and can be waited for. All sockets of a shard share one epoll
/// instance that reports changes only (edges), and each of them remembers what was reported: so a
/// wait is no system call, and a look at a socket that is known to be empty is none either. Asio's
/// own sockets pay for one of the two with each wait.
///
/// On the shard of its executor. May be moved while nobody waits.
class Socket {
 public:
  enum class Wait : std::uint8_t {
    kRead,   ///< bytes, or the end
    kWrite,  ///< only after a write that did not take all of its bytes
    kError,  ///< the connection is over in both directions
  };

  /// What a read without waiting came to. Zero bytes and not `peer_is_gone`: nothing is there.
  struct Received {
    std::size_t bytes = 0;
    bool peer_is_gone = false;
    bool was_broken = false;  ///< gone without having ended its half
  };

  explicit Socket(Executor executor) noexcept : executor_(executor) {}
  /// Opens the epoll instance, which the first socket would do otherwise. Throws if that fails.
  static void prepare(Executor executor);
  ~Socket();
  Socket(Socket&& other) noexcept = default;
  Socket& operator=(Socket&& other) noexcept;

  /// Takes a non-blocking socket that is connected, or about to be; closes it if it cannot be
  /// watched.
  [[nodiscard]] boost::system::error_code assign(int fd);
  [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr; }
  [[nodiscard]] int native_handle() const noexcept;
  [[nodiscard]] Executor get_executor() const noexcept { return executor_; }

  /// False: a read would find nothing, as far as is known.
  [[nodiscard]] bool may_be_readable() const noexcept;
  /// Receives what is there, without waiting.
  Received receive(std::span<char> into) noexcept;
  /// Somebody else has read from it until there was nothing: the next wait is for more.
  void note_drained() noexcept;
  void shutdown_send() noexcept;
  /// Waits end with `operation_aborted`, soon, but not within these calls.
  void cancel() noexcept;
  void close() noexcept;

  /// Completes, never at once, with void(error_code): none, or `operation_aborted`. One wait of
  /// each kind at a time. It may have been for nothing: who is woken tries, and waits again.
  template <class Token>
  auto async_wait(Wait what, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
        [this, what](auto handler) {
          using Handler = decltype(handler);
          begin_wait(what, std::make_unique<OperationOf<Handler>>(std::move(handler)));
        },
        token);
  }

 private:
  friend class Poller;
  struct State;

  /// A wait under way.
  class Operation {
   public:
    Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation() = default;
    /// Calls the handler, after which nothing of this is left.
    virtual void complete(std::unique_ptr<Operation> self, boost::system::error_code error) = 0;
    /// Lets whoever started the wait end it.
    virtual void allow_cancelling(std::weak_ptr<State> state, Wait what) = 0;
  };

  template <class Handler>
  class OperationOf final : public Operation {
   public:
    explicit OperationOf(Handler handler) : handler_(std::move(handler)) {}
    void complete(std::unique_ptr<Operation> self, boost::system::error_code error) override {
      auto slot = boost::asio::get_associated_cancellation_slot(handler_);
      if (slot.is_connected()) slot.clear();
      Handler handler = std::move(handler_);
      self.reset();
      std::move(handler)(error);
    }
    /// Weakly: a wait may be told to end once more after its socket has gone.
    void allow_cancelling(std::weak_ptr<State> state, Wait what) override {
      auto slot = boost::asio::get_associated_cancellation_slot(handler_);
      if (slot.is_connected())
        slot.assign([state = std::move(state), what](boost::asio::cancellation_type) {
          abort_wait(state, what);
        });
    }

   private:
    Handler handler_;
  };

  void begin_wait(Wait what, std::unique_ptr<Operation> operation);
  static void abort_wait(const std::weak_ptr<State>& state, Wait what);

  Executor executor_;
  std::shared_ptr<State> state_;
};

}  // namespace rig
