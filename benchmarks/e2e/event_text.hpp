#pragma once
// The events that the driver publishes: CloudEvents 1.0 documents, all of the same size, that carry
// what is needed to check their delivery. What arrives must be equal byte for byte to what was
// sent.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clock.hpp"

namespace rig::bench {

/// The type of the published events, except for those of a bystander.
inline constexpr std::string_view kEventType = "bench";
inline constexpr std::string_view kBystanderType = "bench.bystander";
inline constexpr std::string_view kStormType = "bench.storm";

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
  explicit EventText(std::size_t bytes, std::string_view type = kEventType);

  std::size_t bytes() const { return bytes_; }

  /// Appends the event to `out`. Its member /data/k is the key as a string.
  void append(const EventMark& mark, std::string& out) const;

  /// Empty unless `text` is exactly what append() wrote for some mark.
  std::optional<EventMark> read(std::string_view text);

 private:
  std::optional<EventMark> parse(std::string_view text) const;

  std::size_t bytes_;
  std::string before_publisher_;
  // A fan-out delivers one text many times in a row, a replay the same thousands of texts to each
  // client. A text that was found right is kept, and the next one is only compared with it.
  std::vector<std::string> recent_;
  std::size_t last_ = 0;  // the place in recent_ of the last right text
  EventMark last_mark_;
};

}  // namespace rig::bench
