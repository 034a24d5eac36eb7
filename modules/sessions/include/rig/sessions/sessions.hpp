#pragma once

#include <rig/core/assert.hpp>
#include <rig/core/task.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::sessions {

/// What operators see of a connection.
struct Description {
  std::string transport;           ///< "sse"
  std::string subscriptions_json;  ///< an array
};

/// A connection that belongs to sessions. Lives on one shard; everything here happens there. Its
/// owner calls `Sessions::leave` before it dies.
class Member {
 public:
  /// The session is on the blacklist now: tell the client and close. May call `leave`; must not
  /// destroy the member before it returns.
  virtual void session_killed(std::string_view session) noexcept = 0;
  [[nodiscard]] virtual Description describe() const = 0;

 protected:
  Member() = default;
  ~Member() { RIG_ASSERT(places_.empty()); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

 private:
  friend class SessionTable;
  struct Place;  // in one session
  std::vector<std::unique_ptr<Place>> places_;
};

/// The session that a client's token names, and whose it is.
struct SessionName {
  std::string session;
  std::string user;  ///< empty if the token does not say
  bool operator==(const SessionName&) const = default;
};

/// A connection as it is listed.
struct Connection {
  std::string session;
  std::string user;
  std::string transport;
  std::chrono::system_clock::time_point since;
  std::string node;
  std::string subscriptions_json;
};

struct Page {
  std::vector<Connection> connections;  ///< by session, those of one session oldest first
  std::optional<std::string> next;      ///< the last session of the page, if there are more
};

/// Who is connected by session, and which sessions are cut off.
class Sessions {
 public:
  static constexpr std::string_view kPort = "sessions.sessions";

  /// Whether the session is cut off, as this shard knows it.
  [[nodiscard]] virtual bool is_blacklisted(std::string_view session) const noexcept = 0;

  /// Adds a connection of this shard to a session; does nothing if it is in it. False, and nothing
  /// done, if the session is cut off.
  [[nodiscard]] virtual bool join(Member& member, const SessionName& name) = 0;
  /// Of all its sessions.
  virtual void leave(Member& member) noexcept = 0;

  /// Cuts a session off for that time, which may make an earlier one longer, never shorter. Done
  /// when every shard refuses it and each of its connections has been told.
  virtual Task<> blacklist(std::string session, std::chrono::seconds validity) = 0;
  /// False if it is not cut off. Done when every shard lets it in again.
  virtual Task<bool> lift(std::string session) = 0;

  /// Connections of whole sessions whose names come after `after`, at least one session and then as
  /// many as have not more than `limit` connections together.
  virtual Task<Page> list(std::string after, std::size_t limit) = 0;
  virtual Task<std::vector<Connection>> of_session(std::string session) = 0;
  virtual Task<std::vector<Connection>> of_user(std::string user) = 0;

 protected:
  ~Sessions() = default;
};

}  // namespace rig::sessions
