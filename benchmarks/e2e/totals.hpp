#pragma once
// What a whole run did, warm-up included, and whether all of it was right.

#include <cstddef>
#include <cstdint>

#include "publishers.hpp"
#include "subscribers.hpp"

namespace rig::bench {

struct Totals {
  std::size_t connect_failures = 0;
  std::size_t disconnects = 0;
  std::uint64_t unsent = 0;  ///< events of the schedule that could not be sent at all
  PublishCounts published;
  std::uint64_t expected = 0;  ///< deliveries that should have happened
  DeliveryCounts delivered;

  std::uint64_t lost() const {
    return expected > delivered.delivered ? expected - delivered.delivered : 0;
  }
  /// Each client was subscribed and stayed, and got each event once, whole and in order.
  bool is_clean() const {
    return connect_failures == 0 && disconnects == 0 && unsent == 0 && published.refused == 0 &&
           expected == delivered.delivered && delivered.is_right();
  }
};

}  // namespace rig::bench
