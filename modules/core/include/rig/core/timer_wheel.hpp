#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rig {

/// Many coarse timers at the cost of two pointers each: heartbeats, idle and header timeouts. A
/// timer fires at the first tick after its time; a tick is a quarter second. Lives on one shard,
/// which calls `advance`.
class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{250};

  /// A member or base of what it belongs to; leaves the wheel when destroyed.
  class Timer {
   public:
    using Fire = void (*)(Timer& timer) noexcept;

    explicit Timer(Fire fire = nullptr) noexcept : fire_(fire) {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void cancel() noexcept;
    [[nodiscard]] bool armed() const noexcept { return next_ != nullptr; }

   private:
    friend class TimerWheel;

    Timer* next_ = nullptr;
    Timer* previous_ = nullptr;
    Fire fire_ = nullptr;
    std::uint64_t due_ = 0;  // in ticks
  };

  TimerWheel() noexcept;
  ~TimerWheel();
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  /// Arms `timer`, or arms it anew.
  void arm(Timer& timer, std::chrono::milliseconds delay) noexcept;
  /// One tick further: fires what is due. Timers may arm, cancel and destroy themselves and others
  /// meanwhile.
  void advance() noexcept;

 private:
  static constexpr std::size_t kSlots = 512;
  static void link(Timer& head, Timer& timer) noexcept;

  std::array<Timer, kSlots> slots_;
  std::uint64_t now_ = 0;
};

}  // namespace rig
