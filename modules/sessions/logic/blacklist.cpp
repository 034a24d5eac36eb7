#include "logic/blacklist.hpp"

#include <algorithm>
#include <tuple>

namespace rig::sessions {
namespace {

/// What `expire` does at most to make room for a new name.
constexpr std::size_t kExpireForRoom = 100;

/// The order of a session's entries: of two, the greater one holds.
auto rank(const BlacklistEntry& entry) {
  return std::tuple(entry.version, !entry.is_lifted, entry.until);
}

bool cuts_off(const BlacklistEntry& entry, Blacklist::Time now) noexcept {
  return !entry.is_lifted && entry.until > now;
}

BlacklistEntry joined(const BlacklistEntry& a, const BlacklistEntry& b) {
  BlacklistEntry entry = rank(a) < rank(b) ? b : a;
  entry.remembered_until = std::max({a.remembered_until, b.remembered_until, entry.until});
  return entry;
}

}  // namespace

Blacklist::Outcome Blacklist::add(std::string_view session, std::chrono::sys_seconds until,
                                  Time now) {
  BlacklistEntry entry{std::string(session), until, until, 1, false};
  // The version stays, so that of two nodes that cut a session off without hearing of each other
  // the one that does it for longer holds. One that was lifted is cut off anew by the same rule.
  if (const auto* known = find(session)) entry.version = known->version;
  return merge(entry, now);
}

std::optional<BlacklistEntry> Blacklist::lift(std::string_view session, Time now) {
  auto entry = lifted(session, now);
  if (entry) merge(*entry, now);
  return entry;
}

std::optional<BlacklistEntry> Blacklist::lifted(std::string_view session, Time now) const {
  if (!contains(session, now)) return std::nullopt;
  BlacklistEntry entry = *find(session);
  ++entry.version;
  entry.is_lifted = true;
  return entry;
}

Blacklist::Outcome Blacklist::merge(const BlacklistEntry& entry, Time now) {
  if (entry.session.empty() || entry.session.size() > kSessionNameBytesMax)
    return Outcome::kUnchanged;
  if (std::max(entry.until, entry.remembered_until) <= now) return Outcome::kUnchanged;
  if (const auto known = items_.find(entry.session); known != items_.end()) {
    auto both = joined(known->second.entry, entry);
    if (both == known->second.entry) return Outcome::kUnchanged;
    Item& item = known->second;
    take_out(item);
    item.entry = std::move(both);
    put_in(item, now);
    return Outcome::kChanged;
  }
  if (is_full(now)) return Outcome::kFull;
  Item& item = items_[entry.session];
  item.entry = joined(entry, entry);
  put_in(item, now);
  return Outcome::kChanged;
}

bool Blacklist::contains(std::string_view session, Time now) const noexcept {
  const auto* entry = find(session);
  return entry != nullptr && cuts_off(*entry, now);
}

const BlacklistEntry* Blacklist::find(std::string_view session) const noexcept {
  const auto at = items_.find(session);
  return at == items_.end() ? nullptr : &at->second.entry;
}

std::vector<BlacklistEntry> Blacklist::snapshot(Time now) const {
  std::vector<BlacklistEntry> entries;
  entries.reserve(items_.size());
  for (const auto& [name, item] : items_) {
    if (item.entry.remembered_until > now) entries.push_back(item.entry);
  }
  return entries;
}

std::size_t Blacklist::expire(Time now, std::size_t at_most) {
  std::size_t seen = 0;
  while (seen < at_most && !due_.empty() && due_.begin()->first <= now) {
    ++seen;
    Item& item = *due_.begin()->second;
    take_out(item);
    if (item.entry.remembered_until > now) {
      put_in(item, now);
    } else {
      items_.erase(items_.find(item.entry.session));
    }
  }
  return seen;
}

std::chrono::sys_seconds Blacklist::due_of(const Item& item) noexcept {
  return item.is_in_force ? item.entry.until : item.entry.remembered_until;
}

bool Blacklist::is_full(Time now) {
  if (items_.size() < entries_max_) return false;
  expire(now, kExpireForRoom);
  return items_.size() >= entries_max_;
}

void Blacklist::put_in(Item& item, Time now) {
  item.is_in_force = cuts_off(item.entry, now);
  if (item.is_in_force) ++in_force_;
  due_.emplace(due_of(item), &item);
}

void Blacklist::take_out(Item& item) noexcept {
  due_.erase(Due(due_of(item), &item));
  if (item.is_in_force) --in_force_;
}

}  // namespace rig::sessions
