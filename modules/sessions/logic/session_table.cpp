#include "logic/session_table.hpp"

#include <algorithm>
#include <utility>

namespace rig::sessions {

/// Where it stands in the lists of its session and its user, so that it is found there at once.
struct Member::Place {
  Member* member;
  SessionTable::Session* session;
  std::size_t in_session;
  SessionTable::User* user;  // null: nobody knows
  std::size_t in_user;
  SessionTable::Time since;
};

SessionTable::Session::Session(std::string_view of) : name(of) {}
SessionTable::Session::~Session() = default;

SessionTable::Dismissed::~Dismissed() {
  if (session_ == nullptr) return;
  while (next() != nullptr) {
  }
}

Member* SessionTable::Dismissed::next() noexcept {
  if (session_->places.empty()) return nullptr;
  Place& place = *session_->places.back();
  Member* member = place.member;
  table_->remove(place);
  return member;
}

SessionTable::~SessionTable() { RIG_ASSERT(sessions_.empty() && users_.empty()); }

bool SessionTable::join(Member& member, const SessionName& name, Time now) {
  const auto is_there = [&](const Place* place) {
    return !place->session->is_dismissed && place->session->name == name.session;
  };
  if (std::ranges::any_of(member.places_, is_there)) return true;
  if (member.places_.size() >= kSessionsOfMemberMax) return false;
  Session& session = session_of(name.session);
  User* user = name.user.empty() ? nullptr : &user_of(name.user);
  Place& place = *session.places.emplace_back(std::make_unique<Place>(
      Place{&member, &session, session.places.size(), user, user ? user->places.size() : 0, now}));
  if (user != nullptr) user->places.push_back(&place);
  member.places_.push_back(&place);
  return true;
}

void SessionTable::leave(Member& member) noexcept {
  while (!member.places_.empty()) remove(*member.places_.back());
}

SessionTable::Dismissed SessionTable::dismiss(std::string_view session) {
  const auto at = sessions_.find(session);
  if (at == sessions_.end()) return {*this, std::make_unique<Session>(session)};
  auto taken = std::move(at->second);
  taken->is_dismissed = true;
  sessions_.erase(at);
  return {*this, std::move(taken)};
}

std::vector<SessionTable::Seat> SessionTable::of_session(std::string_view session) const {
  std::vector<Seat> seats;
  const auto at = sessions_.find(session);
  if (at == sessions_.end()) return seats;
  for (const auto& place : at->second->places) seats.push_back(seat_of(*place));
  return seats;
}

std::vector<SessionTable::Seat> SessionTable::of_user(std::string_view user) const {
  std::vector<Seat> seats;
  const auto at = users_.find(user);
  if (at == users_.end()) return seats;
  for (const Place* place : at->second->places) {
    if (!place->session->is_dismissed) seats.push_back(seat_of(*place));
  }
  return seats;
}

std::vector<SessionTable::Count> SessionTable::after(std::string_view name,
                                                     std::size_t members_max) const {
  std::vector<Count> counts;
  std::size_t members = 0;
  for (auto at = sessions_.upper_bound(name); at != sessions_.end(); ++at) {
    counts.push_back(Count{at->second->name, at->second->places.size()});
    if (members > members_max) break;
    members += counts.back().members;
  }
  return counts;
}

std::vector<SessionTable::Seat> SessionTable::between(std::string_view after,
                                                      std::string_view last) const {
  std::vector<Seat> seats;
  for (auto at = sessions_.upper_bound(after); at != sessions_.end() && at->first <= last; ++at) {
    for (const auto& place : at->second->places) seats.push_back(seat_of(*place));
  }
  return seats;
}

SessionTable::Seat SessionTable::seat_of(const Place& place) noexcept {
  return Seat{place.member, place.session->name,
              place.user != nullptr ? std::string_view(place.user->name) : std::string_view(),
              place.since};
}

SessionTable::Session& SessionTable::session_of(const std::string& name) {
  if (const auto at = sessions_.find(name); at != sessions_.end()) return *at->second;
  auto session = std::make_unique<Session>(name);
  const std::string_view key = session->name;
  return *sessions_.emplace(key, std::move(session)).first->second;
}

SessionTable::User& SessionTable::user_of(const std::string& name) {
  if (const auto at = users_.find(name); at != users_.end()) return *at->second;
  auto user = std::make_unique<User>();
  user->name = name;
  const std::string_view key = user->name;
  return *users_.emplace(key, std::move(user)).first->second;
}

/// The last one of each list takes the place that becomes free.
void SessionTable::remove(Place& place) noexcept {
  std::erase(place.member->places_, &place);
  if (User* user = place.user; user != nullptr) {
    user->places[place.in_user] = user->places.back();
    user->places[place.in_user]->in_user = place.in_user;
    user->places.pop_back();
    if (user->places.empty()) users_.erase(users_.find(user->name));
  }
  Session& session = *place.session;
  const std::size_t at = place.in_session;
  std::swap(session.places[at], session.places.back());
  session.places[at]->in_session = at;
  session.places.pop_back();
  if (session.places.empty() && !session.is_dismissed)
    sessions_.erase(sessions_.find(session.name));
}

}  // namespace rig::sessions
