#include "logic/places.hpp"

#include <rig/core/assert.hpp>

namespace rig::http_client {

Places::Entry Places::enter(Visitor& visitor) {
  if (taken_ < places_max_) {
    ++taken_;
    visitor.has_place = true;
    return Entry::kIn;
  }
  if (waiting_.size() >= waiting_max_) return Entry::kFull;
  waiting_.push_back(&visitor);
  return Entry::kWaits;
}

Places::Visitor* Places::leave(Visitor& visitor) {
  RIG_ASSERT(visitor.has_place && taken_ > 0);
  visitor.has_place = false;
  if (waiting_.empty()) {
    --taken_;
    return nullptr;
  }
  Visitor* next = waiting_.front();
  waiting_.pop_front();
  next->has_place = true;
  return next;
}

void Places::give_up(Visitor& visitor) { std::erase(waiting_, &visitor); }

}  // namespace rig::http_client
