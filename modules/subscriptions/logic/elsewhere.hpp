#pragma once

#include <rig/cloudevents/event.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rig::subscriptions {

/// How far this node has got with the logs of others: the last place of each that it has heard of.
/// What an event carries of it, and so a cursor, tells another node what the holder of
/// the cursor has. On the shard of the log.
class Elsewhere {
 public:
  using Clock = std::chrono::steady_clock;

  /// Logs of which nothing was heard for `silence_max` are forgotten: whoever has a cursor from
  /// before is told of a gap anyway. Of more than `places_max`, the longest silent ones.
  Elsewhere(std::chrono::milliseconds silence_max, std::size_t places_max)
      : silence_max_(silence_max), places_max_(places_max) {}

  /// False if clients have got as far already, by the log or by a history that one of them has
  /// read: what is there has come before, or was not wanted when it was published. A node that is
  /// not sure what has arrived sends it again, and a type may be wanted meanwhile.
  bool advance(cloudevents::LogPlace place, Clock::time_point now);
  void expire(Clock::time_point now);

  /// Null if there are none.
  [[nodiscard]] const cloudevents::LogPlacesRef& places() const noexcept { return places_; }

 private:
  struct Log {
    std::uint32_t id = 0;
    std::uint64_t position = 0;
    Clock::time_point heard;
  };

  std::pair<Log&, bool> find(std::uint32_t id, Clock::time_point now);
  void note_places();

  const std::chrono::milliseconds silence_max_;
  const std::size_t places_max_;
  std::vector<Log> logs_;  // few, one per node and start
  cloudevents::LogPlacesRef places_;
};

}  // namespace rig::subscriptions
