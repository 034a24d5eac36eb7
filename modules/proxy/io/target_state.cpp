#include "io/target_state.hpp"

#include <rig/core/log.hpp>
#include <rig/core/shard_id.hpp>

#include <algorithm>
#include <utility>

namespace rig::proxy {

TargetState::TargetState(std::string api, Server server, metrics::Registry& registry)
    : api_(std::move(api)),
      server_(std::move(server)),
      name_(server_.text()),
      name_hash_(hash_of(name_)),
      registry_(registry),
      open_breakers_(registry.gauge(
          {"rig_proxy_target_breakers_open", "Cores that send a target nothing, as it has failed"},
          {{"api", api_}, {"target", name_}})) {}

TargetState::~TargetState() {
  if (is_open()) open_breakers_.sub();
}

void TargetState::obey(const TargetRules& rules) {
  if (!rules.health_check) is_healthy_ = true;
  if (breaker_rules_ == rules.breaker) return;
  if (is_open()) open_breakers_.sub();
  breaker_rules_ = rules.breaker;
  breaker_.reset();
  if (!breaker_rules_) return;
  breaker_.emplace(CircuitBreaker::Settings{.failures_max = breaker_rules_->failures,
                                            .pause = breaker_rules_->open_for,
                                            .pause_max = breaker_rules_->open_for});
}

TargetState::Outcome TargetState::outcome_of(const Forwarded& forwarded) noexcept {
  using From = Forwarded::Outcome;
  switch (forwarded.outcome) {
    case From::kRelayed:
    case From::kDiscarded: return Outcome::kOk;
    case From::kUnreachable: return Outcome::kUnreachable;
    case From::kRequestTimeout: return Outcome::kTimeout;
    case From::kCut: return Outcome::kCut;
    case From::kBusy:
    case From::kNoTarget:
    case From::kOverLimit: return Outcome::kBusy;
    case From::kBadRequest:
    case From::kRequestTooSlow:
    case From::kClientLeft: break;
  }
  return Outcome::kClient;
}

void TargetState::count(Outcome outcome) {
  const auto at = static_cast<std::size_t>(outcome);
  auto*& counter = counters_[at];
  if (counter == nullptr)
    counter = &registry_.counter(
        {"rig_proxy_target_requests_total", "Requests to one of the targets of an API"},
        {{"api", api_}, {"target", name_}, {"outcome", std::string(kOutcomes[at])}});
  counter->add();
}

void TargetState::succeeded() {
  const bool was_open = is_open();
  breaker_->succeeded();
  if (!was_open) return;
  open_breakers_.sub();
  RIG_LOG(kNotice, "a backend answers again", {"api", api_}, {"server", name_},
          {"shard", current_shard()});
}

void TargetState::failed(Time now, std::string_view reason) {
  const bool was_open = is_open();
  breaker_->failed(now);
  if (was_open || !is_open()) return;
  open_breakers_.add();
  RIG_LOG(kWarn, "a backend is left alone: it has failed", {"api", api_}, {"server", name_},
          {"shard", current_shard()}, {"for_ms", breaker_rules_->open_for.count()},
          {"reason", reason});
}

bool TargetState::is_failing_status(int status) const noexcept {
  const auto& statuses = breaker_rules_->statuses;
  return std::ranges::find(statuses, status) != statuses.end();
}

TargetAttempt::TargetAttempt(std::shared_ptr<TargetState> target, TargetState::Time now)
    : target_(std::move(target)) {
  ++target_->running_;
  is_trial_ = target_->is_open() && target_->breaker_->admits(now);
}

TargetAttempt::~TargetAttempt() {
  --target_->running_;
  if (is_trial_ && target_->breaker_) target_->breaker_->given_up();
}

void TargetAttempt::answered(int status) {
  if (!is_trial_ || !target_->breaker_ || target_->is_failing_status(status)) return;
  is_trial_ = false;
  target_->succeeded();
}

/// What began before the breaker opened says nothing new.
void TargetAttempt::ended(const Forwarded& forwarded, TargetState::Time now) {
  using Outcome = TargetState::Outcome;
  const auto outcome = TargetState::outcome_of(forwarded);
  target_->count(outcome);
  if (!target_->breaker_ || (target_->is_open() && !is_trial_)) return;
  const bool is_failing =
      outcome == Outcome::kUnreachable || outcome == Outcome::kTimeout || outcome == Outcome::kCut;
  if (is_failing || (outcome == Outcome::kOk && target_->is_failing_status(forwarded.status))) {
    is_trial_ = false;
    target_->failed(now, is_failing ? std::string_view(forwarded.reason) : "its answers");
  } else if (outcome == Outcome::kOk) {
    is_trial_ = false;
    target_->succeeded();
  }
}

}  // namespace rig::proxy
