#include "logic/early_events.hpp"

#include <utility>

namespace rig::subscriptions {

void EarlyEvents::add(cloudevents::EventRef event) {
  bytes_ += event->json().size();
  events_.push_back(std::move(event));
  while (events_.size() > events_max_ || bytes_ > bytes_max_) {
    bytes_ -= events_.front()->json().size();
    events_.pop_front();
  }
}

std::vector<cloudevents::EventRef> EarlyEvents::take(std::string_view type) {
  std::vector<cloudevents::EventRef> taken;
  std::erase_if(events_, [&](cloudevents::EventRef& event) {
    if (event->type() != type) return false;
    bytes_ -= event->json().size();
    taken.push_back(std::move(event));
    return true;
  });
  return taken;
}

void EarlyEvents::close() noexcept {
  events_max_ = bytes_max_ = bytes_ = 0;
  std::deque<cloudevents::EventRef>().swap(events_);
}

}  // namespace rig::subscriptions
