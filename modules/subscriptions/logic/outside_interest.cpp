#include "logic/outside_interest.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>

namespace rig::subscriptions {

OutsideInterest::Types OutsideInterest::want(const Types& types) {
  Types news;
  for (const auto& name : types) {
    const auto [found, is_new] = types_.try_emplace(name);
    if (is_new) {
      news.push_back(name);
    } else if (found->second.shards == 0) {
      --idle_;
    }
    ++found->second.shards;
  }
  return news;
}

bool OutsideInterest::are_noted(const Types& types) const {
  return std::ranges::all_of(types, [this](const auto& name) {
    const auto found = types_.find(name);
    return found != types_.end() && found->second.is_noted;
  });
}

void OutsideInterest::note(const Types& types) {
  for (const auto& name : types) {
    const auto found = types_.find(name);
    if (found != types_.end()) found->second.is_noted = true;
  }
}

void OutsideInterest::drop(const Types& types) {
  for (const auto& name : types) {
    const auto found = types_.find(name);
    RIG_ASSERT(found != types_.end() && found->second.shards != 0);
    if (--found->second.shards != 0) continue;
    found->second.idle_sweeps = 0;
    ++idle_;
  }
}

OutsideInterest::Types OutsideInterest::sweep() {
  Types dropped;
  if (idle_ == 0) return dropped;
  boost::unordered::erase_if(types_, [&](auto& entry) {
    auto& [name, type] = entry;
    if (type.shards != 0 || ++type.idle_sweeps <= grace_sweeps_) return false;
    dropped.push_back(name);
    return true;
  });
  idle_ -= dropped.size();
  return dropped;
}

}  // namespace rig::subscriptions
