#pragma once

#include "logic/blacklist.hpp"
#include "logic/session_table.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard_id.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/sessions/connection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::sessions {

/// The sessions of one shard, and its copy of the blacklist. Whoever joins asks the copy, and those
/// who are there are listed when it has the change: so nobody slips through.
/// The copy of shard 0 is the one that decides what a change is.
class ShardSessions {
 public:
  static constexpr ShardId kDecidingShard = 0;
  using Entries = std::vector<BlacklistEntry>;

  /// What came of a change to the blacklist; the entry is what holds now.
  struct Change {
    Blacklist::Outcome outcome;
    std::optional<BlacklistEntry> entry;
  };

  /// What holds now of the sessions of entries that were merged, and how many had no room.
  struct Merged {
    Entries entries;
    std::size_t refused = 0;
  };

  /// `blacklist_max`: of the shard that decides; the others follow it.
  ShardSessions(Executor executor, metrics::Registry& registry, std::string node,
                std::size_t blacklist_max);
  void start();
  static Task<> stop(Ref<ShardSessions> self);

  [[nodiscard]] bool is_blacklisted(std::string_view session) const noexcept;
  [[nodiscard]] bool join(Member& member, const SessionName& name);
  void leave(Member& member) noexcept;

  // On the shard that decides.
  Change add(const std::string& session, std::chrono::seconds validity);
  std::optional<BlacklistEntry> lift(const std::string& session);
  /// What `lift` would make of it.
  [[nodiscard]] std::optional<BlacklistEntry> lifted(const std::string& session) const;
  Merged merge(const Entries& entries);
  [[nodiscard]] Entries snapshot() const;

  /// Takes what was decided: nobody can join any of these sessions any more.
  void learn(const Entries& entries);
  /// Behind `learn`. From the first turn on nobody is in any of these sessions. Done when all their
  /// connections have been told, which takes several turns if they are many; also when another call
  /// has begun to tell them.
  static Task<> dismiss(Ref<ShardSessions> self, Entries entries);

  [[nodiscard]] std::vector<SessionTable::Count> after(std::string_view session,
                                                       std::size_t limit) const;
  [[nodiscard]] std::vector<Connection> between(std::string_view after,
                                                std::string_view last) const;
  [[nodiscard]] std::vector<Connection> of_session(std::string_view session) const;
  [[nodiscard]] std::vector<Connection> of_user(std::string_view user) const;

 private:
  struct Metrics {
    explicit Metrics(metrics::Registry& registry);
    metrics::Gauge& sessions;
    metrics::Gauge& blacklisted;
    metrics::Gauge& set_items;        // the same, under the name that dashboards know
    metrics::Gauge& set_items_total;  // those that have ever been cut off; a gauge there too
    metrics::Counter& killed;
  };

  static Task<> sweep(Ref<ShardSessions> self, Executor executor);
  void tell_some() noexcept;
  void count() noexcept;
  void count_if_new(const std::string& session, bool was_cut_off, Blacklist::Time now) noexcept;
  [[nodiscard]] std::vector<Connection> described(
      const std::vector<SessionTable::Seat>& seats) const;

  Executor executor_;
  Metrics metrics_;
  const std::string node_;
  Blacklist blacklist_;
  SessionTable table_;
  std::deque<SessionTable::Dismissed> leaving_;  // sessions that were cut off, whose members are
                                                 // being told
  std::size_t sessions_counted_ = 0;             // as the gauges know
  std::size_t blacklisted_counted_ = 0;
  TaskGroup tasks_;
};

}  // namespace rig::sessions
