#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace rig::nats {

/// Says which of many alike lines is logged: the first, then one per interval. Any thread.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Pace(Clock::duration interval) : interval_(interval) {}

  /// How many were passed over since the last one that was logged; nothing: pass over this one too.
  [[nodiscard]] std::optional<std::uint64_t> due(Clock::time_point now) noexcept {
    auto next = next_.load(std::memory_order_relaxed);
    const auto at = now.time_since_epoch().count();
    if (at < next || !next_.compare_exchange_strong(next, at + interval_.count())) {
      passed_over_.fetch_add(1, std::memory_order_relaxed);
      return std::nullopt;
    }
    return passed_over_.exchange(0, std::memory_order_relaxed);
  }
  /// The next one is logged whenever it comes.
  void reset() noexcept { next_.store(kAlways, std::memory_order_relaxed); }

 private:
  static constexpr auto kAlways = Clock::duration::min().count();

  const Clock::duration interval_;
  std::atomic<Clock::duration::rep> next_{kAlways};
  std::atomic<std::uint64_t> passed_over_{0};
};

}  // namespace rig::nats
