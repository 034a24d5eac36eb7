#pragma once

#include "io/map_metrics.hpp"
#include "io/replicated_map.hpp"
#include "io/state_kinds.hpp"
#include "logic/expiries.hpp"

#include <rig/core/journal.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace rig::cluster {

/// Keeps what a module of this node knows and a map the same. The module's changes are written to
/// the map before they are in force; what others write is merged here. What this node knows and the
/// map does not, as from a file, or because all servers began anew without storage, is written once
/// the map has been read: so it is forgotten only when all nodes and all servers are gone. Lives on
/// shard 0.
template <class Kind>
class SharedState final : public Journal<typename Kind::Entry>, private ReplicatedMap::Watcher {
 public:
  using Entry = typename Kind::Entry;

  SharedState(Ref<Shards> shards, Ref<typename Kind::Replica> replica, Ref<ReplicatedMap> map,
              metrics::Registry& registry);

  void start() { tasks_.spawn(keep_told(Ref(*this))); }
  /// When the map tells nothing any more. Safe to call twice, and without a start.
  Task<> stop();

  /// All that was in the map when this node came is known here. Any thread.
  [[nodiscard]] bool has_caught_up() const noexcept { return has_caught_up_.load(); }

  Task<Agreement> write(Entry entry) override;
  void note_news() noexcept override;

 private:
  using Mark = typename Kind::Mark;
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  /// Of an entry of the map.
  struct Known {
    std::optional<Mark> mark;  // nothing: it cannot be read
    std::uint64_t revision = 0;
    bool is_own = false;  // this node takes it out when it is over
  };

  void began() override;
  Task<> changed(std::vector<ReplicatedMap::Entry> entries) override;
  void caught_up() override;

  static Task<> take(Ref<SharedState> self, std::vector<ReplicatedMap::Entry> entries);
  static Task<Agreement> write_here(Ref<SharedState> self, Entry entry);
  static Task<Agreement> put(Ref<SharedState> self, std::string key, Entry entry);
  static Task<> keep_told(Ref<SharedState> self);
  static Task<> let_others(Ref<SharedState> self);
  static Task<bool> tell_news(Ref<SharedState> self);
  [[nodiscard]] bool has_to_tell(const std::string& key, const Mark& mark) const;
  [[nodiscard]] std::optional<Entry> read(const ReplicatedMap::Entry& entry);
  void note(std::string key, Known known);
  void wake();
  bool forget_what_is_over();

  Ref<Shards> shards_;
  Ref<typename Kind::Replica> replica_;
  Ref<ReplicatedMap> map_;
  MapMetrics metrics_;
  std::unordered_map<std::string, Known> known_;
  std::uint64_t era_ = 0;  // of the map that `known_` is of
  Expiries expiries_;
  std::atomic<bool> has_caught_up_{false};
  std::atomic<bool> has_news_{false};
  bool is_stopping_ = false;
  // How a wake-up finds it; null when it has stopped.
  std::shared_ptr<SharedState*> here_ = std::make_shared<SharedState*>(this);
  Timer timer_;
  TaskGroup tasks_;
};

extern template class SharedState<ApiKind>;
extern template class SharedState<BlacklistKind>;

}  // namespace rig::cluster
