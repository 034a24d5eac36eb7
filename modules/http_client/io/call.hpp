#pragma once

#include "io/connection.hpp"
#include "io/socket.hpp"
#include "logic/places.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace rig::http_client {

/// One request under way, from its entry to its answer: what can end it from outside. Lives in the
/// frame of the coroutine that works on it. `end` makes whatever that one waits for return, so
/// after each wait it looks at `ended()`.
class Call final : public Places::Visitor, private TimerWheel::Timer {
 public:
  enum class End : std::uint8_t { kNone, kTimeout, kStop };

  Call(Executor executor, TimerWheel& wheel, std::chrono::milliseconds timeout);

  void end(End reason) noexcept;
  [[nodiscard]] End ended() const noexcept { return end_; }

  /// Waits for `wake`, or `end`; may return earlier.
  static Task<> wait(Ref<Call> self);
  void wake() noexcept { waker_.cancel(); }

  std::shared_ptr<Connection> connection;  ///< closed by `end`

 private:
  End end_ = End::kNone;
  http_client::Timer waker_;
};

}  // namespace rig::http_client
