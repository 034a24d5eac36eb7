#include "io/session_service.hpp"

#include "logic/page_end.hpp"

#include <rig/core/log.hpp>
#include <rig/core/shard.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>

namespace rig::sessions {
namespace {

using Outcome = Blacklist::Outcome;

/// Of what another node sends, a shard takes so much in one turn.
constexpr std::size_t kMergeInTurn = 1000;
constexpr std::size_t kLoggedNameBytesMax = 100;
/// How often a change is tried that others are faster than.
constexpr int kAttemptsMax = 10;

std::string_view for_log(std::string_view session) {
  return session.substr(0, kLoggedNameBytesMax);
}

}  // namespace

SessionService::SessionService(SessionsConfig config, std::string node, Shards& shards,
                               metrics::Registry& registry)
    : config_(config),
      node_(std::move(node)),
      shards_(shards),
      registry_(registry),
      per_shard_(shards) {}

Task<> SessionService::start() {
  auto make = [this](ShardId shard) {
    auto part = std::make_unique<ShardSessions>(shards_->executor(shard), *registry_, node_,
                                                config_.blacklist_max);
    part->start();
    return part;
  };
  co_await per_shard_.start(std::move(make));
}

Task<> SessionService::stop() {
  co_await per_shard_.for_each([](Ref<ShardSessions> part) { return ShardSessions::stop(part); });
  co_await per_shard_.stop();
}

template <class Ask>
Task<std::invoke_result_t<Ask, ShardSessions&>> SessionService::ask_here(Ref<SessionService> self,
                                                                         Ask ask) {
  co_return ask(self->per_shard_.local());
}

/// In force first, agreed on later: whoever is cut off has lost his rights, whatever other nodes
/// say.
Task<BlacklistChange> SessionService::blacklist(std::string session,
                                                std::chrono::seconds validity) {
  if (session.empty() || session.size() > kSessionNameBytesMax) co_return BlacklistChange::kRefused;
  validity = std::clamp(validity, std::chrono::seconds(1), kValidityMax);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto entry = co_await cut_off_here(session, validity);
    if (!entry) co_return BlacklistChange::kRefused;
    if (journal_ == nullptr) co_return BlacklistChange::kDone;
    const auto agreement = co_await journal_->write(*entry);
    if (agreement == Agreement::kDone) co_return BlacklistChange::kDone;
    if (agreement == Agreement::kUnavailable) break;
  }
  journal_->note_news();
  co_return BlacklistChange::kAlone;
}

/// The entry that is in force on all shards; nothing if there is no room.
Task<std::optional<BlacklistEntry>> SessionService::cut_off_here(std::string session,
                                                                 std::chrono::seconds validity) {
  auto add = [session, validity](ShardSessions& part) { return part.add(session, validity); };
  auto adding = ask_here(Ref(*this), std::move(add));
  const Change change =
      co_await on_shard(shards_, ShardSessions::kDecidingShard, std::move(adding));
  if (change.outcome == Outcome::kFull) {
    RIG_LOG(kError, "the session blacklist is full", {"session", for_log(session)},
            {"entries_max", config_.blacklist_max});
    co_return std::nullopt;
  }
  RIG_LOG(kNotice, "a session is cut off", {"session", for_log(session)},
          {"validity_s", validity.count()});
  // Also if nothing has changed: whoever changed it may not be done yet.
  if (change.entry) co_await carry({*change.entry});
  co_return change.entry;
}

Task<BlacklistChange> SessionService::lift(std::string session) {
  if (journal_ == nullptr) co_return co_await lift_alone(std::move(session));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    auto plan = [session](ShardSessions& part) { return part.lifted(session); };
    auto planning = ask_here(Ref(*this), std::move(plan));
    auto entry = co_await on_shard(shards_, ShardSessions::kDecidingShard, std::move(planning));
    if (!entry) co_return BlacklistChange::kRefused;
    const auto agreement = co_await journal_->write(*entry);
    if (agreement == Agreement::kUnavailable) break;
    if (agreement == Agreement::kChanged) continue;
    RIG_LOG(kNotice, "a session is let in again", {"session", for_log(session)});
    co_await merge({*std::move(entry)});
    co_return BlacklistChange::kDone;
  }
  co_return BlacklistChange::kAlone;
}

Task<BlacklistChange> SessionService::lift_alone(std::string session) {
  auto lift = [session](ShardSessions& part) { return part.lift(session); };
  auto lifting = ask_here(Ref(*this), std::move(lift));
  const auto entry = co_await on_shard(shards_, ShardSessions::kDecidingShard, std::move(lifting));
  if (!entry) co_return BlacklistChange::kRefused;
  RIG_LOG(kNotice, "a session is let in again", {"session", for_log(session)});
  co_await carry({*entry});
  co_return BlacklistChange::kDone;
}

Task<> SessionService::dismiss_here(Ref<SessionService> self, Entries entries) {
  co_await ShardSessions::dismiss(Ref(self->per_shard_.local()), std::move(entries));
}

/// To each shard; also to the one that decides, whose members have not been told. All know before
/// anybody is told: a client that comes back at once is refused by whichever it gets.
Task<> SessionService::carry(Entries entries) {
  for (ShardId shard = 0; shard < shards_->count(); ++shard) {
    auto learn = [entries](ShardSessions& part) { part.learn(entries); };
    co_await on_shard(shards_, shard, ask_here(Ref(*this), std::move(learn)));
  }
  for (ShardId shard = 0; shard < shards_->count(); ++shard) {
    co_await on_shard(shards_, shard, dismiss_here(Ref(*this), entries));
  }
}

Task<std::vector<BlacklistEntry>> SessionService::snapshot() {
  auto read = [](ShardSessions& part) { return part.snapshot(); };
  co_return co_await on_shard(shards_, ShardSessions::kDecidingShard,
                              ask_here(Ref(*this), std::move(read)));
}

Task<> SessionService::merge(std::vector<BlacklistEntry> entries) {
  std::size_t refused = 0;
  for (std::size_t at = 0; at < entries.size(); at += kMergeInTurn) {
    const auto first = entries.begin() + static_cast<std::ptrdiff_t>(at);
    const auto size = std::min(kMergeInTurn, entries.size() - at);
    Entries some(std::make_move_iterator(first),
                 std::make_move_iterator(first + static_cast<std::ptrdiff_t>(size)));
    auto merge_some = [some = std::move(some)](ShardSessions& part) { return part.merge(some); };
    auto merging = ask_here(Ref(*this), std::move(merge_some));
    auto merged = co_await on_shard(shards_, ShardSessions::kDecidingShard, std::move(merging));
    refused += merged.refused;
    co_await carry(std::move(merged.entries));
  }
  if (refused > 0) {
    RIG_LOG(kError, "the session blacklist has no room for what another node has on it",
            {"refused", refused}, {"entries_max", config_.blacklist_max});
  }
}

template <class Ask>
Task<std::vector<Connection>> SessionService::gather(Ask ask) {
  std::vector<Connection> all;
  for (ShardId shard = 0; shard < shards_->count(); ++shard) {
    auto some = co_await on_shard(shards_, shard, ask_here(Ref(*this), ask));
    std::ranges::move(some, std::back_inserter(all));
  }
  std::ranges::sort(all, [](const Connection& a, const Connection& b) {
    return std::tie(a.session, a.since) < std::tie(b.session, b.since);
  });
  co_return all;
}

Task<Page> SessionService::list(std::string after, std::size_t limit) {
  std::vector<std::vector<SessionTable::Count>> counts;
  for (ShardId shard = 0; shard < shards_->count(); ++shard) {
    auto read = [after, limit](ShardSessions& part) { return part.after(after, limit); };
    counts.push_back(co_await on_shard(shards_, shard, ask_here(Ref(*this), std::move(read))));
  }
  const auto end = page_end(counts, limit);
  Page page;
  if (!end) co_return page;
  auto read = [after, last = end->last](ShardSessions& part) { return part.between(after, last); };
  page.connections = co_await gather(std::move(read));
  if (end->has_more) page.next = end->last;
  co_return page;
}

Task<std::vector<Connection>> SessionService::of_session(std::string session) {
  auto read = [session](ShardSessions& part) { return part.of_session(session); };
  co_return co_await gather(std::move(read));
}

Task<std::vector<Connection>> SessionService::of_user(std::string user) {
  auto read = [user](ShardSessions& part) { return part.of_user(user); };
  co_return co_await gather(std::move(read));
}

}  // namespace rig::sessions
