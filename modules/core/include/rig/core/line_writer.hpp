#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace rig::log {

/// Lines on their way to a file, a pipe or a terminal. They go through a bounded queue to a thread
/// of its own, so that who has something to write never waits. Any thread may post; whoever owns it
/// destroys it after the last one has. Lines to standard output stay whole, however many of these
/// write there.
class LineWriter {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Urgency : std::uint8_t {
    kUsual,
    kUrgent,  ///< does not wait for the lines behind it to be written with them
  };

  /// `fd` is not closed here; `lines_max` may wait.
  LineWriter(int fd, std::size_t lines_max);
  /// `finish` with two seconds.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// When the queue is full, the oldest line in it is dropped.
  void post(std::string_view line, Urgency urgency = Urgency::kUsual);
  /// When the queue is full, false: this line is dropped, and the caller counts it.
  [[nodiscard]] bool offer(std::string_view line);

  /// Lines that were lost after they were posted: for newer ones, or as nobody could take them.
  [[nodiscard]] std::uint64_t dropped() const noexcept;

  /// Waits until every line is written or dropped; false if that takes too long. Then the thread is
  /// left behind: the reader takes nothing, and the process is about to end.
  [[nodiscard]] bool finish(Clock::time_point deadline) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rig::log
