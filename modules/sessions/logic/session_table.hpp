#pragma once

#include <rig/sessions/member.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rig::sessions {

/// The connections of one shard by session and by user. Joining costs a search in the names,
/// leaving none until the last one leaves. The members are their owners'; all have left before the
/// table dies.
class SessionTable {
 private:
  using Place = Member::Place;
  friend Place;
  struct Session {
    explicit Session(std::string_view of);
    ~Session();
    std::string name;
    std::vector<std::unique_ptr<Place>> places;
    bool is_dismissed = false;
  };
  struct User {
    std::string name;
    std::vector<Place*> places;
  };

 public:
  using Time = std::chrono::system_clock::time_point;

  /// A member in one of its sessions; valid until the table changes.
  struct Seat {
    const Member* member;
    std::string_view session;
    std::string_view user;
    Time since;
  };
  struct Count {
    std::string session;
    std::size_t members;
    bool operator==(const Count&) const = default;
  };

  /// Those who were in a session when it was cut off and have not been told. Whoever leaves
  /// meanwhile needs not be told. Dies before the table.
  class Dismissed {
   public:
    Dismissed(SessionTable& table, std::unique_ptr<Session> session) noexcept
        : table_(&table), session_(std::move(session)) {}
    ~Dismissed();
    Dismissed(Dismissed&&) noexcept = default;
    Dismissed& operator=(Dismissed&&) = delete;

    /// The next one, who is in the session no longer; null if there is none left.
    Member* next() noexcept;
    [[nodiscard]] std::string_view session() const noexcept { return session_->name; }

   private:
    SessionTable* table_;
    std::unique_ptr<Session> session_;
  };

  SessionTable() = default;
  ~SessionTable();
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  /// Does nothing if the member is in the session. False if it is in `kSessionsOfMemberMax` others.
  [[nodiscard]] bool join(Member& member, const SessionName& name, Time now);
  void leave(Member& member) noexcept;

  /// Ends the session: who joins it from now on is in a new one.
  [[nodiscard]] Dismissed dismiss(std::string_view session);

  [[nodiscard]] std::size_t sessions() const noexcept { return sessions_.size(); }
  [[nodiscard]] std::vector<Seat> of_session(std::string_view session) const;
  [[nodiscard]] std::vector<Seat> of_user(std::string_view user) const;

  /// The sessions behind `name`, in order, as far as a page of that many members can reach, and one
  /// more.
  [[nodiscard]] std::vector<Count> after(std::string_view name, std::size_t members_max) const;
  /// Members of the sessions behind `after` up to `last`, that one too.
  [[nodiscard]] std::vector<Seat> between(std::string_view after, std::string_view last) const;

 private:
  [[nodiscard]] static Seat seat_of(const Place& place) noexcept;
  Session& session_of(const std::string& name);
  User& user_of(const std::string& name);
  void remove(Place& place) noexcept;

  // The names are those of the values.
  std::map<std::string_view, std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::string_view, std::unique_ptr<User>> users_;
};

}  // namespace rig::sessions
