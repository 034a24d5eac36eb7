#pragma once

#include "io/http_target.hpp"
#include "io/server.hpp"
#include "logic/balance.hpp"

#include <rig/core/circuit_breaker.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/target_rules.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace rig::proxy {

/// What a shard knows of one target of an API. It outlives changes of the definition that leave the
/// target in it. Shared with the requests that are on their way there.
class TargetState {
 public:
  using Time = CircuitBreaker::Time;

  TargetState(std::string api, Server server, metrics::Registry& registry);
  ~TargetState();
  TargetState(const TargetState&) = delete;
  TargetState& operator=(const TargetState&) = delete;

  /// The rules of a new definition; what is known counts on, as far as it is by the same rules.
  void obey(const TargetRules& rules);

  [[nodiscard]] const Server& server() const noexcept { return server_; }
  [[nodiscard]] std::uint64_t name_hash() const noexcept { return name_hash_; }
  [[nodiscard]] std::uint32_t running() const noexcept { return running_; }
  [[nodiscard]] bool is_healthy() const noexcept { return is_healthy_; }
  [[nodiscard]] bool would_admit(Time now) const noexcept {
    return !breaker_ || breaker_->would_admit(now);
  }
  /// When its breaker lets a request through again; only if it is open.
  [[nodiscard]] Time closed_until() const noexcept { return breaker_->closed_until(); }

  void set_health(bool is_healthy) noexcept { is_healthy_ = is_healthy; }

 private:
  friend class TargetAttempt;
  enum class Outcome : std::uint8_t { kOk, kUnreachable, kTimeout, kCut, kBusy, kClient };
  static constexpr std::array<std::string_view, 6> kOutcomes = {"ok",  "unreachable", "timeout",
                                                                "cut", "busy",        "client"};
  static Outcome outcome_of(const Forwarded& forwarded) noexcept;

  void count(Outcome outcome);
  void succeeded();
  void failed(Time now, std::string_view reason);
  [[nodiscard]] bool is_open() const noexcept { return breaker_ && breaker_->is_open(); }
  [[nodiscard]] bool is_failing_status(int status) const noexcept;

  std::string api_;
  Server server_;
  std::string name_;
  std::uint64_t name_hash_;
  metrics::Registry& registry_;
  metrics::Gauge& open_breakers_;
  std::array<metrics::Counter*, kOutcomes.size()> counters_{};  // looked up when first needed
  std::optional<BreakerRules> breaker_rules_;
  std::optional<CircuitBreaker> breaker_;
  std::uint32_t running_ = 0;
  bool is_healthy_ = true;
};

/// One request on its way to a target, which tells the target's breaker how it went.
class TargetAttempt {
 public:
  /// Of a target that would admit it now.
  TargetAttempt(std::shared_ptr<TargetState> target, TargetState::Time now);
  ~TargetAttempt();
  TargetAttempt(const TargetAttempt&) = delete;
  TargetAttempt& operator=(const TargetAttempt&) = delete;

  /// The head of an answer has come: enough for a target that was only tried, as the rest may take
  /// hours.
  void answered(int status);
  void ended(const Forwarded& forwarded, TargetState::Time now);

 private:
  std::shared_ptr<TargetState> target_;
  bool is_trial_ = false;  // the one that an open breaker lets through
};

}  // namespace rig::proxy
