#pragma once

#include "io/map_news.hpp"
#include "io/replicated_map.hpp"

#include <rig/core/task.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace rig::cluster {

/// A map of one process: what `ReplicatedMap` promises, without any other node and without a
/// server.
class LocalMap final : public ReplicatedMap {
 public:
  explicit LocalMap(Executor executor) : news_(executor) {}

  void start();
  Task<> stop() { return news_.stop(); }

  void watch(Watcher& watcher) override { news_.watch(watcher); }
  [[nodiscard]] bool is_current() const noexcept override { return true; }
  Task<Written> write(Entry entry) override;
  void forget(std::string key, std::uint64_t revision) override;

 private:
  std::uint64_t revision_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
  MapNews news_;
};

}  // namespace rig::cluster
