#include "io/call.hpp"

namespace rig::http_client {

Call::Call(Executor executor, TimerWheel& wheel, std::chrono::milliseconds timeout)
    : TimerWheel::Timer(
          [](TimerWheel::Timer& timer) noexcept { static_cast<Call&>(timer).end(End::kTimeout); }),
      waker_(executor, std::chrono::steady_clock::time_point::max()) {
  wheel.arm(*this, timeout);
}

void Call::end(End reason) noexcept {
  if (end_ != End::kNone) return;
  end_ = reason;
  if (connection) connection->close();
  wake();
}

Task<> Call::wait(Ref<Call> self) {
  if (self->end_ == End::kNone) co_await self->waker_.async_wait(kUseTaskTuple);
}

}  // namespace rig::http_client
