#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rig {

/// Lets through so many at once and so many per second after that. It keeps only when it will be
/// full again: each token taken puts that off by the time that one needs to come back. Time is
/// given, so a bucket has no clock.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Wait = std::chrono::nanoseconds;

  struct Rate {
    Wait interval{0};  ///< in which one token comes back
    Wait depth{0};     ///< in which an empty bucket fills up

    /// No tokens per second: no limit, and no bucket may be asked.
    static Rate of(std::int64_t per_second, std::int64_t burst) {
      return of(per_second, std::chrono::seconds(1), burst);
    }
    /// So many tokens in each `period`, which is no shorter than a nanosecond for each of them.
    static Rate of(std::int64_t tokens, Wait period, std::int64_t burst) {
      if (tokens == 0) return {};
      const Wait interval = period / tokens;
      return {interval, interval * burst};
    }
    [[nodiscard]] bool is_limited() const noexcept { return interval > Wait(0); }
  };

  /// Takes a token; if there is none, says how long it takes until there is one.
  Wait take(const Rate& rate, Time now) noexcept {
    const Time full_at = std::max(full_at_, now) + rate.interval;
    const Wait missing = full_at - now - rate.depth;
    if (missing > Wait(0)) return missing;
    full_at_ = full_at;
    return Wait(0);
  }
  [[nodiscard]] bool is_full(Time now) const noexcept { return full_at_ <= now; }

 private:
  Time full_at_;
};

}  // namespace rig
