#pragma once

#include "logic/name_hash.hpp"

#include <rig/sessions/blacklist_entry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rig::sessions {

/// Which sessions are cut off, and what must be remembered so that copies of the list on other
/// shards and nodes come to the same, in whatever order they hear of changes (`BlacklistReplica`).
/// The time is the callers': that of the wall, as nodes exchange it. One shard's.
class Blacklist {
 public:
  using Time = std::chrono::system_clock::time_point;
  enum class Outcome : std::uint8_t {
    kChanged,
    kUnchanged,  ///< known already, or nothing that matters any more
    kFull,       ///< a new name, and no room
  };

  /// `entries_max`: what it remembers, of which what is cut off is a part.
  explicit Blacklist(std::size_t entries_max) : entries_max_(entries_max) {}
  Blacklist(const Blacklist&) = delete;
  Blacklist& operator=(const Blacklist&) = delete;

  /// Cuts a session off until then; never makes an earlier cut shorter. The name is not empty and
  /// has at most `kSessionNameBytesMax`.
  Outcome add(std::string_view session, std::chrono::sys_seconds until, Time now);
  /// Lets it in again: the entry that says so; nothing if it was not cut off.
  std::optional<BlacklistEntry> lift(std::string_view session, Time now);
  /// That entry, without any effect.
  [[nodiscard]] std::optional<BlacklistEntry> lifted(std::string_view session, Time now) const;
  /// Takes what another copy knows.
  Outcome merge(const BlacklistEntry& entry, Time now);

  [[nodiscard]] bool contains(std::string_view session, Time now) const noexcept;
  /// Null if nothing of it is remembered.
  [[nodiscard]] const BlacklistEntry* find(std::string_view session) const noexcept;
  [[nodiscard]] std::vector<BlacklistEntry> snapshot(Time now) const;

  /// Drops what has run out, the oldest first, and at most so many; returns how many it looked at.
  std::size_t expire(Time now, std::size_t at_most);

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  /// Those that are cut off, as of the last change or `expire`.
  [[nodiscard]] std::size_t in_force() const noexcept { return in_force_; }

 private:
  struct Item {
    BlacklistEntry entry;
    bool is_in_force = false;
  };
  using Due = std::pair<std::chrono::sys_seconds, Item*>;

  [[nodiscard]] static std::chrono::sys_seconds due_of(const Item& item) noexcept;
  bool is_full(Time now);
  void put_in(Item& item, Time now);  // to what is due and what is counted
  void take_out(Item& item) noexcept;

  std::size_t entries_max_;
  std::unordered_map<std::string, Item, NameHash, std::equal_to<>> items_;
  std::set<Due> due_;  // when each item is to be looked at
  std::size_t in_force_ = 0;
};

}  // namespace rig::sessions
