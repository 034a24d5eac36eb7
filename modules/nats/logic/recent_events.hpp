#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rig::nats {

/// Which events came lately, by what tells events apart: their source and their id (CloudEvents
/// 1.0, "id"). Beyond its number and its time the oldest are forgotten.
class RecentEvents {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RecentEvents(std::size_t max, std::chrono::steady_clock::duration time)
      : max_(max), time_(time) {}

  /// False: it is there already.
  bool note(std::string_view source, std::string_view id, Time now);
  /// It has not come after all.
  void forget(std::string_view source, std::string_view id);

  [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }

 private:
  struct Entry {
    std::string key;
    Time noted;
  };
  using Entries = std::list<Entry>;

  void forget_oldest();

  const std::size_t max_;
  const std::chrono::steady_clock::duration time_;
  Entries entries_;  // the oldest first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

}  // namespace rig::nats
