#pragma once

#include "io/replicated_map.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>

#include <deque>
#include <functional>
#include <vector>

namespace rig::cluster {

/// What a map has to tell its watcher, one thing after the other. Lives on shard 0. How much waits
/// is bounded by who adds: `taken` is how it learns that there is room again.
class MapNews {
 public:
  explicit MapNews(Executor executor) : tasks_(executor, "cluster.map") {}

  void watch(ReplicatedMap::Watcher& watcher) { watcher_ = &watcher; }
  void began();
  void changed(std::vector<ReplicatedMap::Entry> entries, std::function<void()> taken);
  void caught_up();
  Task<> stop();  ///< safe to call twice

 private:
  struct Item {
    enum class Kind { kBegan, kChanged, kCaughtUp };
    Kind kind;
    std::vector<ReplicatedMap::Entry> entries = {};
    std::function<void()> taken = {};
  };

  void add(Item item);
  static Task<> tell_all(Ref<MapNews> self);
  static Task<> tell(Ref<MapNews> self, Item item);

  ReplicatedMap::Watcher* watcher_ = nullptr;
  bool is_stopping_ = false;
  bool is_telling_ = false;
  std::deque<Item> waiting_;
  TaskGroup tasks_;
};

}  // namespace rig::cluster
