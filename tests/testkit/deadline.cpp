#include "deadline.hpp"

#include <algorithm>
#include <thread>

namespace testkit {

int Deadline::milliseconds_left() const {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

bool eventually(const std::function<bool()>& condition, Deadline deadline) {
  std::chrono::milliseconds pause{1};
  while (!condition()) {
    if (deadline.passed()) return false;
    std::this_thread::sleep_for(pause);  // tidy: allow(sleep) the one place where tests poll
    pause = std::min(pause * 2, std::chrono::milliseconds{20});
  }
  return true;
}

}  // namespace testkit
