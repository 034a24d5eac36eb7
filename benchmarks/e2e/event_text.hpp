#pragma once
// The events that the driver publishes: CloudEvents 1.0 documents, all of the same size, that carry
// what is needed to check their delivery. What arrives must be equal byte for byte to what was
// sent.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clock.hpp"

namespace rig::bench {

/// The type of every published event.
inline constexpr std::string_view kEventType = "bench";

/// Which event this is. Sequence numbers count the events of one publisher for one key, from 0.
struct EventMark {
  std::uint32_t publisher = 0;
  std::uint32_t key = 0;
  std::uint32_t sequence = 0;
  Nanos intended{0};  ///< when the schedule wanted the event to be sent

  bool operator==(const EventMark&) const = default;
};

class EventText {
 public:
  static constexpr std::size_t kBytesMin = 160;

  /// `bytes`: the size of each event, at least kBytesMin.
  explicit EventText(std::size_t bytes) : bytes_(bytes) {}

  std::size_t bytes() const { return bytes_; }

  /// Appends the event to `out`. Its member /data/k is the key as a string.
  void append(const EventMark& mark, std::string& out) const;

  /// Empty unless `text` is exactly what append() wrote for some mark.
  std::optional<EventMark> read(std::string_view text);

 private:
  std::size_t bytes_;
  // A fan-out delivers one text many times in a row; the last one is compared before anything is
  // parsed.
  std::string last_text_;
  EventMark last_mark_;
};

}  // namespace rig::bench
