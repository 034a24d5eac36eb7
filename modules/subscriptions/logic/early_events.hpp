#pragma once

#include <rig/cloudevents/event.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// Events that nobody wanted yet, in the first minute after a start. The clients of the node that
/// was here before come back one by one, and what is published before them is meant for them too.
class EarlyEvents {
 public:
  EarlyEvents(std::size_t events_max, std::size_t bytes_max)
      : events_max_(events_max), bytes_max_(bytes_max) {}

  void add(cloudevents::EventRef event);
  /// Takes those of one type, in order.
  [[nodiscard]] std::vector<cloudevents::EventRef> take(std::string_view type);
  /// Nobody will ask any more.
  void close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return events_max_ != 0; }
  [[nodiscard]] bool empty() const noexcept { return events_.empty(); }

 private:
  std::size_t events_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::deque<cloudevents::EventRef> events_;
};

}  // namespace rig::subscriptions
