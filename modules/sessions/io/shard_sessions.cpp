#include "io/shard_sessions.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace rig::sessions {
namespace {

using std::chrono::system_clock;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// As the first RIG called the blacklist in its metrics.
constexpr std::string_view kSetName = "Elixir.SessionBlacklist";
constexpr std::chrono::seconds kSweepInterval{1};
/// What runs out at once is dropped in several turns, so that events get through between them.
constexpr std::size_t kExpireInTurn = 1000;
/// A session may have very many connections: telling one is a write to its socket.
constexpr std::size_t kTellInTurn = 100;

std::size_t room_for(std::size_t blacklist_max) {
  // What has run out may stay a little longer on a shard that follows: it takes whatever the one
  // that decides has taken.
  return current_shard() == ShardSessions::kDecidingShard ? blacklist_max
                                                          : std::numeric_limits<std::size_t>::max();
}

std::int64_t step(std::size_t now, std::size_t before) noexcept {
  return static_cast<std::int64_t>(now) - static_cast<std::int64_t>(before);
}

}  // namespace

ShardSessions::Metrics::Metrics(metrics::Registry& registry)
    : sessions(registry.gauge(
          {"rig_sessions", "Sessions with a connection, counted on each shard that has one"})),
      blacklisted(registry.gauge({"rig_blacklisted_sessions", "Sessions that are cut off"})),
      set_items(registry.gauge({"rig_distributed_set_items_current", "Entries that are in force"},
                               {{"name", std::string(kSetName)}})),
      set_items_total(
          registry.gauge({"rig_distributed_set_items_total", "Entries that have ever been put in"},
                         {{"name", std::string(kSetName)}})),
      killed(registry.counter(
          {"rig_sessions_killed_total", "Connections told that their session was cut off"})) {}

ShardSessions::ShardSessions(Executor executor, metrics::Registry& registry, std::string node,
                             std::size_t blacklist_max)
    : executor_(executor),
      metrics_(registry),
      node_(std::move(node)),
      blacklist_(room_for(blacklist_max)),
      tasks_(executor, "sessions.sweep") {}

void ShardSessions::start() { tasks_.spawn(sweep(Ref(*this), executor_)); }

Task<> ShardSessions::stop(Ref<ShardSessions> self) {
  self->tasks_.cancel();
  co_await self->tasks_.join();
}

bool ShardSessions::is_blacklisted(std::string_view session) const noexcept {
  if (session.size() > kSessionNameBytesMax) return true;
  // Almost always it is not known, and then nobody needs the time.
  return blacklist_.find(session) != nullptr && blacklist_.contains(session, system_clock::now());
}

bool ShardSessions::join(Member& member, const SessionName& name) {
  if (is_blacklisted(name.session)) return false;
  const bool is_in = table_.join(member, name, system_clock::now());
  count();
  return is_in;
}

void ShardSessions::leave(Member& member) noexcept {
  table_.leave(member);
  count();
}

ShardSessions::Change ShardSessions::add(const std::string& session,
                                         std::chrono::seconds validity) {
  const auto now = system_clock::now();
  const auto until = std::chrono::ceil<std::chrono::seconds>(now + validity);
  const bool was_cut_off = blacklist_.contains(session, now);
  Change change{blacklist_.add(session, until, now), std::nullopt};
  if (const auto* entry = blacklist_.find(session)) change.entry = *entry;
  count_if_new(session, was_cut_off, now);
  count();
  return change;
}

std::optional<BlacklistEntry> ShardSessions::lift(const std::string& session) {
  auto entry = blacklist_.lift(session, system_clock::now());
  count();
  return entry;
}

std::optional<BlacklistEntry> ShardSessions::lifted(const std::string& session) const {
  return blacklist_.lifted(session, system_clock::now());
}

ShardSessions::Entries ShardSessions::snapshot() const {
  return blacklist_.snapshot(system_clock::now());
}

ShardSessions::Merged ShardSessions::merge(const Entries& entries) {
  Merged merged;
  const auto now = system_clock::now();
  for (const auto& entry : entries) {
    const bool was_cut_off = blacklist_.contains(entry.session, now);
    if (blacklist_.merge(entry, now) == Blacklist::Outcome::kFull) ++merged.refused;
    count_if_new(entry.session, was_cut_off, now);
    if (const auto* known = blacklist_.find(entry.session)) merged.entries.push_back(*known);
  }
  count();
  return merged;
}

void ShardSessions::learn(const Entries& entries) {
  const auto now = system_clock::now();
  for (const auto& entry : entries) blacklist_.merge(entry, now);
  count();
}

Task<> ShardSessions::dismiss(Ref<ShardSessions> self, Entries entries) {
  const auto now = system_clock::now();
  for (const auto& entry : entries) {
    // Also for what was known: on the shard that decides it is, before this tells anybody.
    if (self->blacklist_.contains(entry.session, now))
      self->leaving_.push_back(self->table_.dismiss(entry.session));
  }
  self->count();
  self->tell_some();
  while (!self->leaving_.empty()) {
    co_await boost::asio::post(self->executor_, kUseTask);
    self->tell_some();
  }
}

void ShardSessions::tell_some() noexcept {
  for (std::size_t told = 0; told < kTellInTurn && !leaving_.empty();) {
    Member* member = leaving_.front().next();
    if (member == nullptr) {
      leaving_.pop_front();
      continue;
    }
    ++told;
    metrics_.killed.add();
    member->session_killed(leaving_.front().session());
  }
}

void ShardSessions::count() noexcept {
  metrics_.sessions.add(step(table_.sessions(), sessions_counted_));
  sessions_counted_ = table_.sessions();
  if (current_shard() != kDecidingShard) return;
  const auto change = step(blacklist_.in_force(), blacklisted_counted_);
  metrics_.blacklisted.add(change);
  metrics_.set_items.add(change);
  blacklisted_counted_ = blacklist_.in_force();
}

void ShardSessions::count_if_new(const std::string& session, bool was_cut_off,
                                 Blacklist::Time now) noexcept {
  if (!was_cut_off && blacklist_.contains(session, now)) metrics_.set_items_total.add();
}

std::vector<SessionTable::Count> ShardSessions::after(std::string_view session,
                                                      std::size_t limit) const {
  return table_.after(session, limit);
}

std::vector<Connection> ShardSessions::between(std::string_view after,
                                               std::string_view last) const {
  return described(table_.between(after, last));
}

std::vector<Connection> ShardSessions::of_session(std::string_view session) const {
  return described(table_.of_session(session));
}

std::vector<Connection> ShardSessions::of_user(std::string_view user) const {
  return described(table_.of_user(user));
}

std::vector<Connection> ShardSessions::described(
    const std::vector<SessionTable::Seat>& seats) const {
  std::vector<Connection> connections;
  connections.reserve(seats.size());
  for (const auto& seat : seats) {
    auto description = seat.member->describe();
    connections.push_back(Connection{std::string(seat.session), std::string(seat.user),
                                     std::move(description.transport), seat.since, node_,
                                     std::move(description.subscriptions_json)});
  }
  return connections;
}

Task<> ShardSessions::sweep(Ref<ShardSessions> self, Executor executor) {
  Timer timer(executor);
  for (;;) {
    timer.expires_after(kSweepInterval);
    const auto [cancelled] = co_await timer.async_wait(kUseTaskTuple);
    if (cancelled) co_return;
    while (self->blacklist_.expire(system_clock::now(), kExpireInTurn) == kExpireInTurn)
      co_await boost::asio::post(executor, kUseTask);
    self->count();
  }
}

}  // namespace rig::sessions
