#include <rig/subscriptions/history.hpp>

#include <algorithm>
#include <utility>

namespace rig::subscriptions {

void History::add(cloudevents::EventRef event) {
  const auto origin = event->origin();
  const auto found = std::ranges::find(origins_, origin.log, &cloudevents::LogPlace::log);
  if (found == origins_.end()) {
    origins_.push_back(origin);
  } else {
    found->position = std::max(found->position, origin.position);
  }
  by_type_[event->type()].push_back(events_.size());
  events_.push_back(std::move(event));
}

std::size_t History::next_of(const std::vector<std::string>& types, std::size_t from) const {
  std::size_t next = events_.size();
  for (const auto& type : types) {
    const auto found = by_type_.find(type);
    if (found == by_type_.end()) continue;
    const auto at = std::ranges::lower_bound(found->second, from);
    if (at != found->second.end()) next = std::min(next, *at);
  }
  return next;
}

}  // namespace rig::subscriptions
