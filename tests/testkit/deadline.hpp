#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

namespace testkit {

/// What a test throws when the gateway does not do what was promised; GoogleTest reports the text.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The other side has ended the connection: what a client that comes back waits for.
struct Closed : Failure {
  using Failure::Failure;
};

/// How long a wait may take before the test fails. Only a failing test ever waits for the end of
/// it, so it is sized for the slowest sanitizer build on a busy machine.
constexpr std::chrono::seconds kPatience{20};

/// A moment up to which something is waited for.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now = kPatience)
      : at_(std::chrono::steady_clock::now() + from_now) {}

  [[nodiscard]] bool passed() const { return std::chrono::steady_clock::now() >= at_; }
  /// For poll(2): whole milliseconds, never negative.
  [[nodiscard]] int milliseconds_left() const;

 private:
  std::chrono::steady_clock::time_point at_;
};

/// Asks `condition` again and again until it holds; false if it never did before the deadline.
/// This is how tests wait for what the gateway does in its own time.
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              Deadline deadline = Deadline{});

}  // namespace testkit
