#pragma once

#include <rig/core/assert.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rig::sessions {

/// Sessions that one connection may be in.
inline constexpr std::size_t kSessionsOfMemberMax = 100;

/// The session that a client's token names, and whose it is.
struct SessionName {
  std::string session;
  std::string user;  ///< empty if the token does not say
  bool operator==(const SessionName&) const = default;
};

/// What operators see of a connection.
struct Description {
  std::string transport;           ///< "sse"
  std::string subscriptions_json;  ///< an array
};

/// A connection that belongs to sessions. Lives on one shard; everything here happens there. Its
/// owner calls `Sessions::leave` before it dies.
class Member {
 public:
  /// The session is on the blacklist now: tell the client and close. May call `leave`, and destroy
  /// the member.
  virtual void session_killed(std::string_view session) noexcept = 0;
  [[nodiscard]] virtual Description describe() const = 0;

 protected:
  Member() = default;
  ~Member() { RIG_ASSERT(places_.empty()); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

 private:
  friend class SessionTable;
  struct Place;                 // in one session
  std::vector<Place*> places_;  // the table's
};

}  // namespace rig::sessions
