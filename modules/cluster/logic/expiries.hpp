#pragma once

#include <chrono>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace rig::cluster {

/// Which keys are to be looked at when. A key may be in it several times.
class Expiries {
 public:
  using Time = std::chrono::sys_seconds;

  void add(Time when, std::string key) { due_.emplace(when, std::move(key)); }
  /// Those that are due, at most so many.
  [[nodiscard]] std::vector<std::string> take_due(Time now, std::size_t at_most) {
    std::vector<std::string> keys;
    while (!due_.empty() && due_.top().first <= now && keys.size() < at_most) {
      keys.push_back(due_.top().second);
      due_.pop();
    }
    return keys;
  }

 private:
  using Due = std::pair<Time, std::string>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace rig::cluster
