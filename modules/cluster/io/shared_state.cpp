#include "io/shared_state.hpp"

#include <rig/core/log.hpp>
#include <rig/core/sharded.hpp>

#include <boost/asio/post.hpp>

#include <string_view>
#include <utility>

namespace rig::cluster {
namespace {

using Outcome = ReplicatedMap::Written::Outcome;

constexpr int kAttemptsMax = 5;
constexpr std::chrono::seconds kRetryInterval{2};
constexpr std::chrono::seconds kExpiryInterval{5};
constexpr std::chrono::seconds kForgetInterval{1};
constexpr std::size_t kForgetInTurn = 1'000;
constexpr std::size_t kInTurn = 250;  // entries that are read or compared
/// What is over stays so much longer, for nodes whose clock is behind.
constexpr std::chrono::seconds kExpiryGrace{30};

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

template <class Kind>
SharedState<Kind>::SharedState(Ref<Shards> shards, Ref<typename Kind::Replica> replica,
                               Ref<ReplicatedMap> map, metrics::Registry& registry)
    : shards_(shards),
      replica_(replica),
      map_(map),
      metrics_(registry, Kind::kMap),
      timer_(shards->executor(0)),
      tasks_(shards->executor(0), "cluster.state") {
  map_->watch(*this);
  replica_->connect(*this);
}

template <class Kind>
Task<> SharedState<Kind>::stop() {
  is_stopping_ = true;
  *here_ = nullptr;
  timer_.cancel();
  co_await tasks_.join();
}

template <class Kind>
void SharedState<Kind>::note_news() noexcept {
  has_news_.store(true);
  shards_->post(0, [here = here_] {
    if (*here != nullptr) (*here)->wake();
  });
}

template <class Kind>
void SharedState<Kind>::wake() {
  timer_.cancel();
}

template <class Kind>
void SharedState<Kind>::began() {
  ++era_;
  known_.clear();
}

template <class Kind>
void SharedState<Kind>::caught_up() {
  if (!has_caught_up_.exchange(true))
    RIG_LOG(kInfo, "this node knows what the cluster knows", {"map", Kind::kMap},
            {"entries", known_.size()});
  has_news_.store(true);
  wake();
}

template <class Kind>
std::optional<typename Kind::Entry> SharedState<Kind>::read(const ReplicatedMap::Entry& entry) {
  auto parsed = Kind::parse(entry.value);
  if (parsed && Kind::key(*parsed) == entry.key) return *std::move(parsed);
  metrics_.invalid.add();
  const std::string reason = parsed ? "it stands at the key of another one" : parsed.error();
  RIG_LOG(kWarn, "an entry of the cluster cannot be read", {"map", Kind::kMap},
          {"revision", entry.revision}, {"reason", std::string_view(reason)});
  return std::nullopt;
}

template <class Kind>
Task<> SharedState<Kind>::changed(std::vector<ReplicatedMap::Entry> entries) {
  const auto revision = entries.back().revision;
  co_await take(Ref(*this), std::move(entries));
  metrics_.set_revision(revision);
}

/// Merged first and noted then: so whoever plans a change on older ground than what is noted here
/// writes after another node, and whoever is told so finds what that node wrote.
template <class Kind>
Task<> SharedState<Kind>::take(Ref<SharedState> self, std::vector<ReplicatedMap::Entry> entries) {
  const auto era = self->era_;
  std::vector<Entry> to_merge;
  std::vector<Known> to_note;
  to_merge.reserve(entries.size());
  to_note.reserve(entries.size());
  for (const auto& entry : entries) {
    if (to_note.size() % kInTurn == kInTurn - 1) co_await let_others(self);
    auto& known = to_note.emplace_back();
    known.revision = entry.revision;
    auto parsed = self->read(entry);
    if (!parsed) continue;
    known.mark.emplace(*parsed);
    // Whoever wrote it has not taken it out.
    known.is_own = known.mark->end() && *known.mark->end() + kExpiryGrace < now();
    to_merge.push_back(*std::move(parsed));
  }
  if (!to_merge.empty()) co_await self->replica_->merge(std::move(to_merge));
  if (era != self->era_) co_return;
  for (std::size_t i = 0; i < entries.size(); ++i)
    self->note(std::move(entries[i].key), std::move(to_note[i]));
}

/// Own writes may be told before they are answered.
template <class Kind>
void SharedState<Kind>::note(std::string key, Known known) {
  auto& held = known_[key];
  if (held.revision > known.revision) return;
  if (held.revision == known.revision) known.is_own |= held.is_own;
  const auto end = known.mark ? known.mark->end() : std::nullopt;
  held = std::move(known);
  if (end) expiries_.add(*end + kExpiryGrace, std::move(key));
}

template <class Kind>
Task<Agreement> SharedState<Kind>::write(Entry entry) {
  co_return co_await on_shard(shards_, 0, write_here(Ref(*this), std::move(entry)));
}

/// What is found in the way may be what the entry follows on: what this node knew already, or is
/// about to tell.
template <class Kind>
Task<Agreement> SharedState<Kind>::write_here(Ref<SharedState> self, Entry entry) {
  const auto key = Kind::key(entry);
  const Mark mark(entry);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto known = self->known_.find(key);
    if (known != self->known_.end() && known->second.mark) {
      if (!mark.follows(*known->second.mark)) break;
      if (mark == *known->second.mark) co_return Agreement::kDone;
    }
    const auto agreement = co_await put(self, key, entry);
    if (agreement != Agreement::kChanged) co_return agreement;
  }
  self->metrics_.conflicts.add();
  co_return Agreement::kChanged;
}

template <class Kind>
Task<Agreement> SharedState<Kind>::put(Ref<SharedState> self, std::string key, Entry entry) {
  const auto known = self->known_.find(key);
  const auto expected = known == self->known_.end() ? 0 : known->second.revision;
  const auto era = self->era_;
  ReplicatedMap::Entry to_write{key, to_text(entry), expected};
  auto written = co_await self->map_->write(std::move(to_write));
  switch (written.outcome) {
    case Outcome::kDone: {
      self->metrics_.writes.add();
      if (era == self->era_) self->note(std::move(key), Known{Mark(entry), written.revision, true});
      co_return Agreement::kDone;
    }
    case Outcome::kChanged: {
      self->known_.erase(key);  // whatever it was, this is how it is
      std::vector<ReplicatedMap::Entry> found;
      if (written.now) found.push_back(*std::move(written.now));
      co_await take(self, std::move(found));
      co_return Agreement::kChanged;
    }
    case Outcome::kUnavailable: self->metrics_.unavailable.add(); break;
  }
  co_return Agreement::kUnavailable;
}

/// While there is something to tell, and the map can be reached.
template <class Kind>
Task<> SharedState<Kind>::keep_told(Ref<SharedState> self) {
  while (!self->is_stopping_) {
    bool is_told = true;
    while (is_told && self->map_->is_current() && self->has_news_.exchange(false))
      is_told = co_await tell_news(self);
    const bool has_more = self->forget_what_is_over();
    if (self->is_stopping_) co_return;
    self->timer_.expires_after(has_more                 ? kForgetInterval
                               : self->has_news_.load() ? kRetryInterval
                                                        : kExpiryInterval);
    // It ends early when there is news, and at the stop.
    (void)co_await self->timer_.async_wait(kUseTaskTuple);
  }
}

/// What else the shard has to do comes between.
template <class Kind>
Task<> SharedState<Kind>::let_others(Ref<SharedState> self) {
  co_await boost::asio::post(self->shards_->executor(0), kUseTask);
}

/// False: the map takes nothing now.
template <class Kind>
Task<bool> SharedState<Kind>::tell_news(Ref<SharedState> self) {
  auto entries = co_await Kind::snapshot(self->replica_);
  std::size_t looked_at = 0;
  for (auto& entry : entries) {
    if (++looked_at % kInTurn == 0) co_await let_others(self);
    auto key = Kind::key(entry);
    if (!self->has_to_tell(key, Mark(entry))) continue;
    if (self->is_stopping_) co_return false;
    const auto agreement = co_await put(self, std::move(key), std::move(entry));
    if (agreement != Agreement::kDone) self->has_news_.store(true);
    if (agreement == Agreement::kUnavailable) co_return false;
  }
  co_return true;
}

template <class Kind>
bool SharedState<Kind>::has_to_tell(const std::string& key, const Mark& mark) const {
  const auto known = known_.find(key);
  if (known == known_.end() || !known->second.mark) return true;
  return !(mark == *known->second.mark) && !mark.is_behind(*known->second.mark);
}

/// True: there is more than one turn takes. Each entry is a question to the server, and changes
/// have to get through between them.
template <class Kind>
bool SharedState<Kind>::forget_what_is_over() {
  const auto time = now();
  const auto due = expiries_.take_due(time, kForgetInTurn);
  for (const auto& key : due) {
    const auto known = known_.find(key);
    if (known == known_.end() || !known->second.mark) continue;
    const auto end = known->second.mark->end();
    // It was made longer meanwhile, and is due again then.
    if (!end || *end + kExpiryGrace > time) continue;
    if (known->second.is_own) map_->forget(key, known->second.revision);
    known_.erase(known);
  }
  return due.size() == kForgetInTurn;
}

template class SharedState<ApiKind>;
template class SharedState<BlacklistKind>;

}  // namespace rig::cluster
