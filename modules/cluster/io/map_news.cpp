#include "io/map_news.hpp"

#include <utility>

namespace rig::cluster {

void MapNews::began() { add({.kind = Item::Kind::kBegan}); }

void MapNews::changed(std::vector<ReplicatedMap::Entry> entries, std::function<void()> taken) {
  add({.kind = Item::Kind::kChanged, .entries = std::move(entries), .taken = std::move(taken)});
}

void MapNews::caught_up() { add({.kind = Item::Kind::kCaughtUp}); }

Task<> MapNews::stop() {
  is_stopping_ = true;
  // A merge that goes through the shards ends by itself, soon.
  co_await tasks_.join();
  waiting_.clear();
}

void MapNews::add(Item item) {
  if (is_stopping_ || watcher_ == nullptr) return;
  waiting_.push_back(std::move(item));
  if (!std::exchange(is_telling_, true)) tasks_.spawn(tell_all(Ref(*this)));
}

Task<> MapNews::tell_all(Ref<MapNews> self) {
  while (!self->waiting_.empty() && !self->is_stopping_) {
    auto item = std::move(self->waiting_.front());
    self->waiting_.pop_front();
    co_await tell(self, std::move(item));
  }
  self->is_telling_ = false;
}

Task<> MapNews::tell(Ref<MapNews> self, Item item) {
  switch (item.kind) {
    case Item::Kind::kBegan: self->watcher_->began(); break;
    case Item::Kind::kCaughtUp: self->watcher_->caught_up(); break;
    case Item::Kind::kChanged: {
      co_await self->watcher_->changed(std::move(item.entries));
      if (item.taken) item.taken();
      break;
    }
  }
}

}  // namespace rig::cluster
