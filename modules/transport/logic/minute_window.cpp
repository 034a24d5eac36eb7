#include "logic/minute_window.hpp"

namespace rig::transport {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

bool MinuteWindow::admit(Time now) noexcept {
  if (max_ == 0) return true;
  const auto minute = static_cast<std::uint32_t>(floor<minutes>(now).time_since_epoch().count());
  auto seen = minute_and_count_.load(std::memory_order_relaxed);
  for (;;) {
    const auto counted = static_cast<std::uint32_t>(seen >> 32);
    // The next minute may have begun on another shard after this one looked at the clock. Any other
    // minute is over, or the clock was set back.
    const bool is_same = counted == minute || counted == minute + 1;
    const std::uint32_t count = is_same ? static_cast<std::uint32_t>(seen) : 0;
    if (count >= max_) return false;
    const auto next = std::uint64_t{is_same ? counted : minute} << 32 | (count + 1);
    if (minute_and_count_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return true;
  }
}

seconds MinuteWindow::until_next(Time now) noexcept {
  return seconds(minutes(1)) - (floor<seconds>(now) - floor<minutes>(now));
}

}  // namespace rig::transport
