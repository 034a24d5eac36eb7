#pragma once

#include <rig/cloudevents/event.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::cluster {

/// An event on its way between nodes: a line that says where it entered, then the event as it came.
/// The line has the log and the place there, `<log>-<position>`; what follows behind a space is of
/// later versions, and passed over.
[[nodiscard]] std::string with_place(cloudevents::LogPlace place, std::string_view event);

struct PlacedEvent {
  cloudevents::LogPlace place;
  std::string event;
};
/// Nothing: it is no such message.
[[nodiscard]] std::optional<PlacedEvent> read_placed(std::string message);

}  // namespace rig::cluster
