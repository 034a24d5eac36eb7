#pragma once

#include "io/http_target.hpp"
#include "io/target_table.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/proxy/target_rules.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// Writes a client's request as each of the targets is to get it.
class RequestMaker {
 public:
  [[nodiscard]] virtual OutgoingRequest request_for(Server server) const = 0;
  /// The path that the targets get, without the query.
  [[nodiscard]] virtual std::string_view path() const noexcept = 0;

 protected:
  ~RequestMaker() = default;
};

/// An exchange with an API that has several targets, or rules for the one that it has: chooses, and
/// tries others if that is allowed. Lives in the frame of its coroutine.
class BalancedForwarding {
 public:
  static Task<Forwarded> run(Ref<HttpTarget> http, std::shared_ptr<ApiTargets> targets,
                             Ref<transport::Exchange> exchange, Ref<RequestBody> body,
                             Ref<const RequestMaker> maker, Ref<AnswerRules> rules);

 private:
  using Clock = std::chrono::steady_clock;

  BalancedForwarding(HttpTarget& http, std::shared_ptr<ApiTargets> targets,
                     transport::Exchange& exchange, RequestBody& body, const RequestMaker& maker,
                     AnswerRules& rules);

  static Task<Forwarded> try_targets(Ref<BalancedForwarding> self);
  static Task<Forwarded> attempt(Ref<BalancedForwarding> self, ApiTargets::TargetPtr target);
  [[nodiscard]] std::optional<std::uint64_t> key() const;
  [[nodiscard]] std::chrono::milliseconds time_left(std::chrono::milliseconds total);
  [[nodiscard]] bool may_try_another(const Forwarded& forwarded) const;

  HttpTarget& http_;
  std::shared_ptr<ApiTargets> targets_;
  transport::Exchange& exchange_;
  RequestBody& body_;
  const RequestMaker& maker_;
  AnswerRules& rules_;
  std::vector<ApiTargets::TargetPtr> tried_;
  std::optional<Clock::time_point> end_;  // of all attempts together, if there is one
};

}  // namespace rig::proxy
