#pragma once

#include <rig/core/journal.hpp>
#include <rig/core/task.hpp>
#include <rig/sessions/blacklist_entry.hpp>

#include <string_view>
#include <vector>

namespace rig::sessions {

/// The blacklist as other nodes see it. Of two entries of one session the higher version holds; of
/// equal versions the one that is not lifted, then the later `until`; and it is remembered as long
/// as either: merging in any order, any number of times, gives the same on every node.
class BlacklistReplica {
 public:
  static constexpr std::string_view kPort = "sessions.blacklist_replica";

  /// All entries that are remembered.
  virtual Task<std::vector<BlacklistEntry>> snapshot() = 0;
  /// Takes what another node knows; done as `Sessions::blacklist` is for what is new in it.
  virtual Task<> merge(std::vector<BlacklistEntry> entries) = 0;
  /// Whoever is cut off here is told to it, and whoever is let in is agreed on by it first. Set
  /// once, before the start; without one this node is alone.
  virtual void connect(Journal<BlacklistEntry>& journal) = 0;

 protected:
  ~BlacklistReplica() = default;
};

}  // namespace rig::sessions
