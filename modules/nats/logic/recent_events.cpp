#include "logic/recent_events.hpp"

#include <iterator>
#include <utility>

namespace rig::nats {
namespace {

/// No attribute of an event has a control character, so no two pairs make the same key.
std::string key_of(std::string_view source, std::string_view id) {
  std::string key;
  key.reserve(source.size() + 1 + id.size());
  key.append(source).push_back('\0');
  key.append(id);
  return key;
}

}  // namespace

bool RecentEvents::note(std::string_view source, std::string_view id, Time now) {
  while (!entries_.empty() && now - entries_.front().noted >= time_) forget_oldest();
  auto key = key_of(source, id);
  if (by_key_.contains(key)) return false;
  if (entries_.size() >= max_) forget_oldest();
  entries_.push_back({std::move(key), now});
  by_key_.emplace(entries_.back().key, std::prev(entries_.end()));
  return true;
}

void RecentEvents::forget(std::string_view source, std::string_view id) {
  const auto found = by_key_.find(key_of(source, id));
  if (found == by_key_.end()) return;
  const auto entry = found->second;
  by_key_.erase(found);
  entries_.erase(entry);
}

void RecentEvents::forget_oldest() {
  by_key_.erase(entries_.front().key);
  entries_.pop_front();
}

}  // namespace rig::nats
