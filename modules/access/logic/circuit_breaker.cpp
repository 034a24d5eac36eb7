#include "logic/circuit_breaker.hpp"

#include <algorithm>

namespace rig::access {

bool CircuitBreaker::admits(Time now) noexcept {
  if (!is_open()) return true;
  if (is_trying_ || now < closed_until_) return false;
  return is_trying_ = true;
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

}  // namespace rig::access
