#pragma once

#include <rig/core/task.hpp>

#include <memory>

namespace rig::proxy {

/// One coroutine that waits for something that no operation of Asio stands for, without a timer and
/// its system call. On one shard.
class Waiter {
 public:
  explicit Waiter(Executor executor);
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Done when woken or cancelled; may be done earlier, so whoever waits looks at the condition.
  /// One at a time.
  Task<> wait();
  /// Runs what waits now, before it returns; nobody waits: nothing. From handlers and timers.
  void wake() noexcept;
  /// The same in a later turn: from coroutines.
  void wake_soon();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace rig::proxy
