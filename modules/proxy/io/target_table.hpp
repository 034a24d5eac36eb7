#pragma once

#include "io/target_state.hpp"
#include "logic/balance.hpp"

#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_set.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// The targets of one API on one shard. Shared with the requests that began with that definition.
class ApiTargets {
 public:
  using TargetPtr = std::shared_ptr<TargetState>;
  using Time = TargetState::Time;

  /// Takes over from `before`, which may be null, what is known of targets that stay.
  ApiTargets(std::shared_ptr<const Api> api, const ApiTargets* before, metrics::Registry& registry);

  [[nodiscard]] const Api& api() const noexcept { return *api_; }

  /// The target for a request, but none of those that were tried. What is not healthy gets none
  /// while another one is; if none is, the checks may be wrong, and count for nothing. Null: the
  /// breakers let nothing through.
  [[nodiscard]] TargetPtr choose(std::optional<std::uint64_t> key, std::span<const TargetPtr> tried,
                                 Time now);
  /// When a breaker lets something through.
  [[nodiscard]] std::chrono::seconds retry_after(Time now) const;
  void set_health(const Server& server, bool is_healthy) noexcept;

  metrics::Counter& retries;
  metrics::Counter& without_target;
  metrics::Counter& over_limit;

 private:
  std::shared_ptr<const Api> api_;
  std::vector<TargetPtr> targets_;  // in the order of the definition
  std::vector<Balancer::Choice> choices_;
  Balancer balancer_;
};

/// The targets of all APIs that have more than one, or rules for it. One per shard.
class TargetTable {
 public:
  explicit TargetTable(metrics::Registry& registry) : registry_(registry) {}

  /// The set that is in force from now on.
  void take(const ApiSet& set);
  /// Of an API of the set in force; null if it is plain.
  [[nodiscard]] std::shared_ptr<ApiTargets> find(const Api& api) const;
  /// Nothing happens if that API has no such target any more.
  void set_health(std::string_view api, const Server& server, bool is_healthy) noexcept;

 private:
  metrics::Registry& registry_;
  // Each holds its API, so no other one can have the same address.
  boost::unordered_flat_map<const Api*, std::shared_ptr<ApiTargets>> targets_;
};

}  // namespace rig::proxy
