#include <rig/core/assert.hpp>
#include <rig/core/timer_wheel.hpp>

#include <algorithm>

namespace rig {

void TimerWheel::Timer::cancel() noexcept {
  if (next_ == nullptr) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

TimerWheel::TimerWheel() noexcept {
  for (Timer& head : slots_) head.next_ = head.previous_ = &head;
}

TimerWheel::~TimerWheel() {
  for (Timer& head : slots_) {
    while (head.next_ != &head) head.next_->cancel();
    head.next_ = nullptr;
  }
}

void TimerWheel::link(Timer& head, Timer& timer) noexcept {
  timer.previous_ = head.previous_;
  timer.next_ = &head;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void TimerWheel::arm(Timer& timer, std::chrono::milliseconds delay) noexcept {
  timer.cancel();
  // One tick more than the quotient: the current tick is partly over, and a timer is never early.
  const auto ticks =
      std::max<std::int64_t>(0, delay / kTick) + (delay % kTick > delay.zero() ? 2 : 1);
  timer.due_ = now_ + static_cast<std::uint64_t>(ticks);
  link(slots_[timer.due_ % kSlots], timer);
}

void TimerWheel::advance() noexcept {
  ++now_;
  Timer& head = slots_[now_ % kSlots];
  // What is due moves to a list of its own first, as firing may link to and unlink from the slot.
  Timer due;
  due.next_ = due.previous_ = &due;
  for (Timer* timer = head.next_; timer != &head;) {
    Timer& candidate = *timer;
    timer = timer->next_;
    if (candidate.due_ > now_) continue;
    candidate.cancel();
    link(due, candidate);
  }
  while (due.next_ != &due) {
    Timer& timer = *due.next_;
    timer.cancel();
    timer.fire_(timer);
  }
  due.next_ = due.previous_ = nullptr;
}

}  // namespace rig
