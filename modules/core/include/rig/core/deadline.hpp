#pragma once

#include <chrono>

namespace rig {

/// A point in time by which something must be done.
struct Deadline {
  std::chrono::steady_clock::time_point at;

  static Deadline after(std::chrono::steady_clock::duration duration) {
    return Deadline{std::chrono::steady_clock::now() + duration};
  }
  [[nodiscard]] std::chrono::steady_clock::duration left() const {
    auto rest = at - std::chrono::steady_clock::now();
    return rest > rest.zero() ? rest : rest.zero();
  }
  [[nodiscard]] bool passed() const {
    return left() == std::chrono::steady_clock::duration::zero();
  }
};

}  // namespace rig
