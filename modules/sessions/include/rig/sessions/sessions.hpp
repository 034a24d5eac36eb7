#pragma once

#include <rig/core/task.hpp>
#include <rig/sessions/blacklist_change.hpp>
#include <rig/sessions/blacklist_entry.hpp>
#include <rig/sessions/connection.hpp>
#include <rig/sessions/member.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rig::sessions {

/// Who is connected by session, and which sessions are cut off. Called on shards, between the
/// module's start and its stop.
class Sessions {
 public:
  static constexpr std::string_view kPort = "sessions.sessions";

  /// Nothing is cut off for longer; what is asked for beyond it counts as this.
  static constexpr std::chrono::seconds kValidityMax = std::chrono::years(10);

  /// Whether the session is cut off, as this shard knows it. A name that is too long to be put on
  /// the blacklist counts as cut off.
  [[nodiscard]] virtual bool is_blacklisted(std::string_view session) const noexcept = 0;

  /// Adds a connection of this shard to a session; does nothing if it is in it. False, and nothing
  /// done, if the session is cut off or the connection is in `kSessionsOfMemberMax` others.
  [[nodiscard]] virtual bool join(Member& member, const SessionName& name) = 0;
  /// Of all its sessions.
  virtual void leave(Member& member) noexcept = 0;

  /// Cuts a session off for that time, which may make an earlier one longer, never shorter. Done
  /// when every shard refuses it and each of its connections has been told; they are in it no
  /// longer. Refused if the blacklist is full (RIG_BLACKLIST_MAX) or cannot hold the name, which is
  /// empty or too long. Alone, it is in force on this node, and others are told when they can be.
  virtual Task<BlacklistChange> blacklist(std::string session, std::chrono::seconds validity) = 0;
  /// Done when every shard lets it in again. Refused if it is not cut off. Alone, it stays cut off.
  virtual Task<BlacklistChange> lift(std::string session) = 0;

  /// Connections of whole sessions whose names come after `after`, at least one session and then as
  /// many as have not more than `limit` connections together.
  virtual Task<Page> list(std::string after, std::size_t limit) = 0;
  virtual Task<std::vector<Connection>> of_session(std::string session) = 0;
  virtual Task<std::vector<Connection>> of_user(std::string user) = 0;

 protected:
  ~Sessions() = default;
};

}  // namespace rig::sessions
