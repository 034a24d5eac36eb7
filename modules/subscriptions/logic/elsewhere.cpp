#include "logic/elsewhere.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace rig::subscriptions {

/// True: it is new.
std::pair<Elsewhere::Log&, bool> Elsewhere::find(std::uint32_t id, Clock::time_point now) {
  const auto found = std::ranges::find(logs_, id, &Log::id);
  if (found != logs_.end()) {
    found->heard = now;
    return {*found, false};
  }
  if (logs_.size() == places_max_) logs_.erase(std::ranges::min_element(logs_, {}, &Log::heard));
  return {logs_.emplace_back(Log{id, 0, now}), true};
}

bool Elsewhere::advance(cloudevents::LogPlace place, Clock::time_point now) {
  const auto [log, is_new] = find(place.log, now);
  if (!is_new && place.position <= log.position) return false;
  log.position = place.position;
  note_places();
  return true;
}

void Elsewhere::expire(Clock::time_point now) {
  const auto forgotten =
      std::erase_if(logs_, [&](const Log& log) { return now - log.heard > silence_max_; });
  if (forgotten != 0) note_places();
}

void Elsewhere::note_places() {
  auto places = std::make_shared<cloudevents::LogPlaces>();
  places->reserve(logs_.size());
  for (const Log& log : logs_) places->push_back({log.id, log.position});
  places_ = std::move(places);
}

}  // namespace rig::subscriptions
