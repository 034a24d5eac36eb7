#pragma once

#include <chrono>
#include <cstdint>

namespace rig {

/// Keeps requests from a service that does not answer: after some failures in a row none is sent
/// for a pause, which doubles each time; then a single one tries. Time is the caller's.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Settings {
    std::uint32_t failures_max = 5;
    std::chrono::milliseconds pause{1'000};
    std::chrono::milliseconds pause_max{30'000};
    bool operator==(const Settings&) const = default;
  };

  explicit CircuitBreaker(Settings settings) : settings_(settings), pause_(settings.pause) {}

  /// Whether a request may be sent now. Each that is, is followed by `succeeded`, `failed` or
  /// `given_up`.
  [[nodiscard]] bool admits(Time now) noexcept;
  /// What `admits` would say, for a choice between several.
  [[nodiscard]] bool would_admit(Time now) const noexcept {
    return !is_open() || (!is_trying_ && now >= closed_until_);
  }
  void succeeded() noexcept;
  void failed(Time now) noexcept;
  void given_up() noexcept { is_trying_ = false; }  ///< nothing is known of the service
  [[nodiscard]] bool is_open() const noexcept { return failures_ >= settings_.failures_max; }
  [[nodiscard]] Time closed_until() const noexcept { return closed_until_; }  ///< while it is open
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }

 private:
  Settings settings_;
  std::chrono::milliseconds pause_;
  Time closed_until_{};
  std::uint32_t failures_ = 0;
  bool is_trying_ = false;
};

}  // namespace rig
