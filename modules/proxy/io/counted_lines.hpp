#pragma once

#include <rig/core/line_writer.hpp>
#include <rig/metrics/cells.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rig::proxy {

/// Lines that nobody waits for: those that come faster than they can be written, or that the disk
/// has no room for, are dropped and counted. Any thread.
class CountedLines {
 public:
  static constexpr std::size_t kWaitingMax = 8192;

  CountedLines(int fd, metrics::Counter& dropped) : dropped_(dropped), writer_(fd, kWaitingMax) {}

  void write(std::string_view line) {
    if (!writer_.offer(line)) dropped_.add();
    // What the writer could not write since somebody looked.
    const auto failed = writer_.dropped();
    auto counted = counted_.load(std::memory_order_relaxed);
    while (failed > counted && !counted_.compare_exchange_weak(counted, failed)) {
    }
    if (failed > counted) dropped_.add(failed - counted);
  }

 private:
  metrics::Counter& dropped_;
  std::atomic<std::uint64_t> counted_ = 0;
  log::LineWriter writer_;
};

}  // namespace rig::proxy
