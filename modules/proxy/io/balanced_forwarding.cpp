#include "io/balanced_forwarding.hpp"

#include "io/request_slot.hpp"

#include <rig/core/log.hpp>

#include <algorithm>
#include <utility>

namespace rig::proxy {

using std::chrono::milliseconds;

namespace {

/// Tells when the head of the answer comes.
class WatchedRules final : public AnswerRules {
 public:
  WatchedRules(AnswerRules& rules, TargetAttempt& attempt) : rules_(rules), attempt_(attempt) {}

  std::optional<transport::HttpResponse> relayed(ResponseHead& head) override {
    attempt_.answered(head.status);
    return rules_.relayed(head);
  }
  std::optional<transport::HttpResponse> interim(ResponseHead& head) override {
    constexpr int kSwitchingProtocols = 101;
    if (head.status == kSwitchingProtocols) attempt_.answered(head.status);
    return rules_.interim(head);
  }
  Headers trailers(const Headers& sent) override { return rules_.trailers(sent); }

 private:
  AnswerRules& rules_;
  TargetAttempt& attempt_;
};

Forwarded refused(Forwarded::Outcome outcome, std::chrono::seconds retry_after) {
  Forwarded forwarded;
  forwarded.outcome = outcome;
  forwarded.retry_after = retry_after;
  return forwarded;
}

}  // namespace

BalancedForwarding::BalancedForwarding(HttpTarget& http, std::shared_ptr<ApiTargets> targets,
                                       transport::Exchange& exchange, RequestBody& body,
                                       const RequestMaker& maker, AnswerRules& rules)
    : http_(http),
      targets_(std::move(targets)),
      exchange_(exchange),
      body_(body),
      maker_(maker),
      rules_(rules) {}

Task<Forwarded> BalancedForwarding::run(Ref<HttpTarget> http, std::shared_ptr<ApiTargets> targets,
                                        Ref<transport::Exchange> exchange, Ref<RequestBody> body,
                                        Ref<const RequestMaker> maker, Ref<AnswerRules> rules) {
  const RequestSlot slot(targets->api().targets);
  if (!slot.is_taken()) {
    targets->over_limit.add();
    co_return refused(Forwarded::Outcome::kOverLimit, std::chrono::seconds(1));
  }
  BalancedForwarding self(*http, std::move(targets), *exchange, *body, *maker, *rules);
  co_return co_await try_targets(self);
}

Task<Forwarded> BalancedForwarding::try_targets(Ref<BalancedForwarding> self) {
  auto& targets = *self->targets_;
  const auto key = self->key();
  Forwarded forwarded;
  for (;;) {
    const auto now = Clock::now();
    auto target = targets.choose(key, self->tried_, now);
    if (!target && !self->tried_.empty()) co_return forwarded;
    if (!target) {
      targets.without_target.add();
      co_return refused(Forwarded::Outcome::kNoTarget, targets.retry_after(now));
    }
    if (!self->tried_.empty()) {
      targets.retries.add();
      RIG_LOG(kWarn, "a backend does not answer, another one is tried", {"api", targets.api().id},
              {"reason", forwarded.reason});
    }
    self->tried_.push_back(target);
    forwarded = co_await attempt(self, std::move(target));
    if (!self->may_try_another(forwarded)) co_return forwarded;
  }
}

Task<Forwarded> BalancedForwarding::attempt(Ref<BalancedForwarding> self,
                                            ApiTargets::TargetPtr target) {
  TargetAttempt attempt(target, Clock::now());
  WatchedRules rules(self->rules_, attempt);
  auto request = self->maker_.request_for(target->server());
  auto& total = request.timeouts.total;
  if (total.count() == 0) total = self->http_.config().total_timeout;
  if (total.count() > 0) total = self->time_left(total);
  auto forwarded =
      co_await HttpTarget::forward(self->http_, self->exchange_, self->body_, request, rules);
  attempt.ended(forwarded, Clock::now());
  forwarded.server = target->server().text();
  co_return forwarded;
}

std::optional<std::uint64_t> BalancedForwarding::key() const {
  const auto& balance = targets_->api().targets.balance;
  switch (balance.by) {
    case Balance::By::kAddress: return hash_of(exchange_.counted_address());
    case Balance::By::kPath: return hash_of(maker_.path());
    case Balance::By::kHeader:
      if (const auto value = exchange_.request().headers.find(balance.header))
        return hash_of(*value);
      break;
    case Balance::By::kRoundRobin:
    case Balance::By::kLeastRequests: break;
  }
  return std::nullopt;
}

/// At least something: what is over is not begun.
milliseconds BalancedForwarding::time_left(milliseconds total) {
  const auto now = Clock::now();
  if (!end_) end_ = now + total;
  return std::max(std::chrono::ceil<milliseconds>(*end_ - now), milliseconds(1));
}

bool BalancedForwarding::may_try_another(const Forwarded& forwarded) const {
  return forwarded.can_be_sent_again && tried_.size() <= targets_->api().targets.retries &&
         (!end_ || Clock::now() < *end_);
}

}  // namespace rig::proxy
