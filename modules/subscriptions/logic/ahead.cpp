#include "logic/ahead.hpp"

#include <utility>

namespace rig::subscriptions {

void Ahead::add(Subscriber& subscriber, Seen seen, std::uint64_t until) {
  state_of(subscriber).is_ahead = true;
  clients_.insert_or_assign(&subscriber, Client{std::move(seen), until});
}

void Ahead::remove(Subscriber& subscriber) noexcept {
  if (!std::exchange(state_of(subscriber).is_ahead, false)) return;
  clients_.erase(&subscriber);
}

bool Ahead::deliver(Subscriber& subscriber, const cloudevents::EventRef& event) {
  Client& client = clients_.at(&subscriber);
  const bool is_new = client.seen.add(*event);
  const auto marked = client.seen.marked(event);
  // A mark that needs no change covers all that was seen: this node has caught up.
  if (marked == event || event->log_seconds() > client.until) remove(subscriber);
  if (is_new) subscriber.deliver(marked);
  return is_new;
}

}  // namespace rig::subscriptions
