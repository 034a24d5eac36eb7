#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace rig::transport {

/// Lets through so many per minute of the clock (`events.md` 6). Shared by all shards; any thread.
class MinuteWindow {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// `max` of zero: no limit.
  explicit MinuteWindow(std::uint32_t max) : max_(max) {}

  [[nodiscard]] bool admit(Time now) noexcept;
  /// From `now` to the next full minute, rounded up: 1 to 60 s.
  [[nodiscard]] static std::chrono::seconds until_next(Time now) noexcept;

 private:
  std::uint32_t max_;
  std::atomic<std::uint64_t> minute_and_count_{0};  // 32 bits each
};

}  // namespace rig::transport
