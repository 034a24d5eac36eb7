#include "io/shard_tokens.hpp"

#include "logic/jws.hpp"

#include <rig/core/assert.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <optional>
#include <tuple>

namespace rig::jwt {

using std::chrono::steady_clock;
using std::chrono::system_clock;

/// What a thread of the pool needs for a check.
struct ShardTokens::Job {
  Job(std::string text, const Fingerprint& name, KeySetRef set)
      : token(std::move(text)), fingerprint(name), keys(std::move(set)) {}

  const std::string token;  // `jws` refers to it
  const Fingerprint fingerprint;
  const KeySetRef keys;  // `candidates` refers to it
  const system_clock::time_point asked_at = system_clock::now();
  std::optional<Jws> jws;
  KeySet::Candidates candidates;
  std::atomic<bool> is_abandoned{false};
};

/// Those who wait for a check.
struct ShardTokens::Flight {
  using Timer = boost::asio::basic_waitable_timer<steady_clock,
                                                  boost::asio::wait_traits<steady_clock>, Executor>;

  Flight(std::shared_ptr<Job> of, Executor executor, std::chrono::milliseconds timeout)
      : job(std::move(of)), done(executor, timeout) {}

  const std::shared_ptr<Job> job;
  std::optional<Verdict> verdict;
  Timer done;  // cancelled: there is a verdict
};

ShardTokens::ShardTokens(Ref<Shards> shards, VerifierPool& pool, JwtMetrics& metrics,
                         const ShardSettings& settings, KeySetRef keys)
    : shards_(shards),
      pool_(pool),
      metrics_(metrics),
      settings_(settings),
      shard_(current_shard()),
      keys_(std::move(keys)),
      cache_(settings.cache_tokens_max, settings.cache_age_max),
      here_(std::make_shared<ShardTokens*>(this)) {}

ShardTokens::~ShardTokens() {
  RIG_ASSERT(current_shard() == shard_);
  *here_ = nullptr;
}

TokenRef ShardTokens::remembered(const Fingerprint& fingerprint) {
  return cache_.find(fingerprint, keys_->generation(), system_clock::now());
}

Task<ShardTokens::Outcome> ShardTokens::check(Ref<ShardTokens> self, std::string token,
                                              Fingerprint fingerprint) {
  const FlightName name{self->generation(), fingerprint};
  std::shared_ptr<Flight> flight;
  if (const auto found = self->flights_.find(name); found != self->flights_.end()) {
    flight = found->second;
  } else {
    const auto job = std::make_shared<Job>(std::move(token), fingerprint, self->keys_);
    auto jws = parse_jws(job->token, self->settings_.token_bytes_max);
    if (jws.has_error()) co_return Outcome{jws.error()};
    job->jws = *std::move(jws);
    job->candidates = job->keys->candidates(*job->jws);
    if (job->candidates.are_quick()) {
      auto verdict = verify(*job->jws, job->candidates, self->settings_.rules, job->asked_at);
      self->remember(*job, verdict);
      co_return self->outcome_of(*job, std::move(verdict));
    }
    flight = self->take_off(job);
    if (!flight) co_return Outcome{Refusal::kOverloaded};
  }
  if (!flight->verdict) co_await flight->done.async_wait(kUseTaskTuple);
  if (flight->verdict) co_return self->outcome_of(*flight->job, *flight->verdict);
  // The caller was cancelled, or the time is over: then nobody needs the answer any more.
  if (steady_clock::now() >= flight->done.expiry()) self->give_up(*flight->job);
  co_return Outcome{Refusal::kOverloaded};
}

ShardTokens::Outcome ShardTokens::outcome_of(const Job& job, Verdict verdict) const {
  // It may have waited for its check.
  if (verdict.has_value() && is_over(**verdict, system_clock::now())) verdict = Refusal::kExpired;
  const bool could_be_new = job.candidates.kid_is_unknown || job.keys->keys().empty();
  const bool wants_keys =
      could_be_new && verdict.has_error() && verdict.error() == job.candidates.refusal;
  return {std::move(verdict), wants_keys};
}

std::shared_ptr<ShardTokens::Flight> ShardTokens::take_off(const std::shared_ptr<Job>& job) {
  auto work = [job, rules = &settings_.rules, shards = shards_, shard = shard_, here = here_] {
    if (job->is_abandoned.load(std::memory_order_relaxed)) return;
    auto verdict = verify(*job->jws, job->candidates, *rules, job->asked_at);
    shards->post(shard, [here, job, verdict = std::move(verdict)]() mutable {
      if (*here != nullptr) (*here)->land(*job, std::move(verdict));
    });
  };
  if (!pool_.submit(std::move(work))) return nullptr;
  auto flight = std::make_shared<Flight>(job, shards_->executor(shard_), settings_.timeout);
  flights_.emplace(FlightName{job->keys->generation(), job->fingerprint}, flight);
  metrics_.waiting.add();
  return flight;
}

std::shared_ptr<ShardTokens::Flight> ShardTokens::end_flight(const Job& job) {
  const auto found = flights_.find({job.keys->generation(), job.fingerprint});
  // It may be a later one of the same token.
  if (found == flights_.end() || found->second->job.get() != &job) return nullptr;
  metrics_.waiting.sub();
  return std::move(flights_.extract(found).mapped());
}

void ShardTokens::give_up(Job& job) {
  job.is_abandoned.store(true, std::memory_order_relaxed);
  std::ignore = end_flight(job);
}

void ShardTokens::land(const Job& job, Verdict verdict) {
  remember(job, verdict);
  const auto flight = end_flight(job);
  if (!flight) return;
  flight->verdict = std::move(verdict);
  flight->done.cancel();
}

void ShardTokens::remember(const Job& job, const Verdict& verdict) {
  if (verdict.has_value())
    cache_.add(job.fingerprint, *verdict, job.token.size(), job.keys->generation(),
               system_clock::now());
}

}  // namespace rig::jwt
