#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace rig {

enum class Phase : std::uint8_t { kStarting, kServing, kDraining, kStopped };

[[nodiscard]] constexpr std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kStarting: return "starting";
    case Phase::kServing: return "serving";
    case Phase::kDraining: return "draining";
    case Phase::kStopped: return "stopped";
  }
  return "?";
}

/// Where the program is between start and stop. Read from any shard; written by the application.
class Lifecycle {
 public:
  [[nodiscard]] Phase phase() const noexcept { return phase_.load(std::memory_order_acquire); }
  void enter(Phase phase) noexcept { phase_.store(phase, std::memory_order_release); }

 private:
  std::atomic<Phase> phase_{Phase::kStarting};
};

}  // namespace rig
