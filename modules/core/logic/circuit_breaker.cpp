#include <rig/core/circuit_breaker.hpp>

#include <algorithm>

namespace rig {

bool CircuitBreaker::admits(Time now) noexcept {
  if (!would_admit(now)) return false;
  is_trying_ = is_open();
  return true;
}

void CircuitBreaker::succeeded() noexcept {
  failures_ = 0;
  pause_ = settings_.pause;
  is_trying_ = false;
}

void CircuitBreaker::failed(Time now) noexcept {
  // What was on its way when the pause began does not make it longer.
  const bool counts = !is_open() || is_trying_;
  if (!counts) return;
  if (!is_open()) ++failures_;
  is_trying_ = false;
  if (!is_open()) return;
  closed_until_ = now + pause_;
  pause_ = std::min(pause_ * 2, settings_.pause_max);
}

}  // namespace rig
