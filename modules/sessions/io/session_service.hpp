#pragma once

#include "config.hpp"
#include "io/shard_sessions.hpp"

#include <rig/core/journal.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/sessions/blacklist_replica.hpp>
#include <rig/sessions/sessions.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace rig::sessions {

/// The ports of this module: a part on each shard does the work; a change of the blacklist is made
/// on one and carried to all.
class SessionService final : public Sessions, public BlacklistReplica {
 public:
  /// `node`: what this gateway is called in lists.
  SessionService(SessionsConfig config, std::string node, Shards& shards,
                 metrics::Registry& registry);

  Task<> start();  ///< on any shard; awaited by the owner
  Task<> stop();   ///< when all members have left; safe to call twice

  [[nodiscard]] bool is_blacklisted(std::string_view session) const noexcept override {
    return per_shard_.local().is_blacklisted(session);
  }
  [[nodiscard]] bool join(Member& member, const SessionName& name) override {
    return per_shard_.local().join(member, name);
  }
  void leave(Member& member) noexcept override { per_shard_.local().leave(member); }

  Task<BlacklistChange> blacklist(std::string session, std::chrono::seconds validity) override;
  Task<BlacklistChange> lift(std::string session) override;
  Task<Page> list(std::string after, std::size_t limit) override;
  Task<std::vector<Connection>> of_session(std::string session) override;
  Task<std::vector<Connection>> of_user(std::string user) override;

  Task<std::vector<BlacklistEntry>> snapshot() override;
  Task<> merge(std::vector<BlacklistEntry> entries) override;
  void connect(Journal<BlacklistEntry>& journal) override { journal_ = &journal; }

 private:
  using Entries = ShardSessions::Entries;
  using Change = ShardSessions::Change;

  /// The answer of `ask(part)` on the current shard.
  template <class Ask>
  static Task<std::invoke_result_t<Ask, ShardSessions&>> ask_here(Ref<SessionService> self,
                                                                  Ask ask);
  template <class Ask>
  Task<std::vector<Connection>> gather(Ask ask);
  static Task<> dismiss_here(Ref<SessionService> self, Entries entries);
  Task<> carry(Entries entries);
  Task<std::optional<BlacklistEntry>> cut_off_here(std::string session,
                                                   std::chrono::seconds validity);
  Task<BlacklistChange> lift_alone(std::string session);

  const SessionsConfig config_;
  const std::string node_;
  Ref<Shards> shards_;
  Ref<metrics::Registry> registry_;
  Journal<BlacklistEntry>* journal_ = nullptr;  // null: there are no other nodes
  Sharded<ShardSessions> per_shard_;
};

}  // namespace rig::sessions
