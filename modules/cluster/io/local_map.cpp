#include "io/local_map.hpp"

#include <utility>
#include <vector>

namespace rig::cluster {

void LocalMap::start() {
  std::vector<Entry> all;
  for (const auto& [key, entry] : entries_) all.push_back(entry);
  news_.began();
  if (!all.empty()) news_.changed(std::move(all), {});
  news_.caught_up();
}

Task<ReplicatedMap::Written> LocalMap::write(Entry entry) {
  const auto found = entries_.find(entry.key);
  const bool is_there = found != entries_.end();
  if (entry.revision != (is_there ? found->second.revision : 0)) {
    Written changed{.outcome = Written::Outcome::kChanged};
    if (is_there) changed.now = found->second;
    co_return changed;
  }
  entry.revision = ++revision_;
  entries_.insert_or_assign(entry.key, entry);
  Written done{.outcome = Written::Outcome::kDone, .revision = revision_};
  news_.changed({std::move(entry)}, {});
  co_return done;
}

void LocalMap::forget(std::string key, std::uint64_t revision) {
  const auto found = entries_.find(key);
  if (found != entries_.end() && found->second.revision == revision) entries_.erase(found);
}

}  // namespace rig::cluster
