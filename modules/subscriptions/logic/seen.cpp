#include "logic/seen.hpp"

#include <algorithm>
#include <memory>

namespace rig::subscriptions {
namespace {

using cloudevents::LogMark;
using cloudevents::LogPlace;
using cloudevents::LogPlaces;

template <class Places>
auto find(Places& places, std::uint32_t log) {
  return std::ranges::find(places, log, &LogPlace::log);
}

/// True if who is at the mark has seen everything up to the place.
bool covers(const LogMark& mark, LogPlace place) noexcept {
  if (mark.place.log == place.log) return mark.place.position >= place.position;
  if (mark.elsewhere == nullptr) return false;
  const auto found = find(*mark.elsewhere, place.log);
  return found != mark.elsewhere->end() && found->position >= place.position;
}

}  // namespace

Seen::Seen(const Cursor& cursor, std::uint32_t log) : places_(cursor.elsewhere) {
  if (cursor.log != log) add({cursor.log, cursor.position});
}

bool Seen::add(LogPlace place) {
  const auto found = find(places_, place.log);
  if (found == places_.end()) {
    places_.push_back(place);
    return true;
  }
  if (place.position <= found->position) return false;
  found->position = place.position;
  return true;
}

cloudevents::EventRef Seen::marked(const cloudevents::EventRef& event) const {
  const LogMark& mark = event->log_mark();
  if (std::ranges::all_of(places_, [&](LogPlace place) { return covers(mark, place); }))
    return event;
  LogMark seen{mark.place, mark.seconds, {}};
  auto places = std::make_shared<LogPlaces>(places_);
  if (mark.elsewhere != nullptr) {
    for (const LogPlace place : *mark.elsewhere) {
      const auto found = find(*places, place.log);
      if (found == places->end()) {
        places->push_back(place);
      } else {
        found->position = std::max(found->position, place.position);
      }
    }
  }
  // What is of the event's own log is said by its place, unless more of it has been seen.
  std::erase_if(*places, [&](LogPlace place) {
    return place.log == mark.place.log && place.position <= mark.place.position;
  });
  seen.elsewhere = std::move(places);
  return event->copy_with(std::move(seen));
}

}  // namespace rig::subscriptions
