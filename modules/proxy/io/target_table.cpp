#include "io/target_table.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace rig::proxy {
namespace {

metrics::Counter& refused(metrics::Registry& registry, const Api& api, std::string reason) {
  return registry.counter(
      {"rig_proxy_refused_total", "Requests that got 503 without a backend having been asked"},
      {{"api", api.id}, {"reason", std::move(reason)}});
}

}  // namespace

ApiTargets::ApiTargets(std::shared_ptr<const Api> api, const ApiTargets* before,
                       metrics::Registry& registry)
    : retries(registry.counter({"rig_proxy_retries_total",
                                "Requests that were sent to another target after one had failed"},
                               {{"api", api->id}})),
      without_target(refused(registry, *api, "no_target")),
      over_limit(refused(registry, *api, "max_requests")),
      api_(std::move(api)) {
  const auto& rules = api_->targets;
  for (const auto& [upstream, weight] : rules.targets) {
    auto server = server_of(upstream, rules.tls);
    TargetPtr target;
    if (before != nullptr) {
      const auto is_same = [&server](const TargetPtr& one) { return one->server() == server; };
      const auto known = std::ranges::find_if(before->targets_, is_same);
      if (known != before->targets_.end()) target = *known;
    }
    if (!target) target = std::make_shared<TargetState>(api_->id, std::move(server), registry);
    target->obey(rules);
    choices_.push_back({.name = target->name_hash(), .weight = weight});
    targets_.push_back(std::move(target));
  }
}

ApiTargets::TargetPtr ApiTargets::choose(std::optional<std::uint64_t> key,
                                         std::span<const TargetPtr> tried, Time now) {
  const bool looks_at_health = std::ranges::any_of(targets_, &TargetState::is_healthy);
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const auto& target = targets_[i];
    choices_[i].running = target->running();
    choices_[i].is_possible = (target->is_healthy() || !looks_at_health) &&
                              target->would_admit(now) &&
                              std::ranges::find(tried, target) == tried.end();
  }
  const auto chosen = balancer_.choose(api_->targets.balance.by, choices_, key);
  return chosen ? targets_[*chosen] : nullptr;
}

/// A breaker whose pause is over waits for the request that it has let through: soon.
std::chrono::seconds ApiTargets::retry_after(Time now) const {
  auto first = Time::max();
  for (const auto& target : targets_) {
    if (!target->would_admit(now)) first = std::min(first, target->closed_until());
  }
  constexpr std::chrono::seconds kSoon{1};
  if (first == Time::max()) return kSoon;
  return std::max(std::chrono::ceil<std::chrono::seconds>(first - now), kSoon);
}

/// A verdict may come when the check is not wanted any more.
void ApiTargets::set_health(const Server& server, bool is_healthy) noexcept {
  if (!api_->targets.health_check) return;
  for (const auto& target : targets_) {
    if (target->server() == server) target->set_health(is_healthy);
  }
}

void TargetTable::take(const ApiSet& set) {
  std::map<std::string_view, std::shared_ptr<ApiTargets>> before;
  for (const auto& [api, targets] : targets_) before.emplace(api->id, targets);
  targets_.clear();
  for (const auto& api : set.apis) {
    if (api->targets.is_plain()) continue;
    const auto known = before.find(api->id);
    const auto* old = known == before.end() ? nullptr : known->second.get();
    const bool is_same = old != nullptr && &old->api() == api.get();
    targets_.emplace(api.get(),
                     is_same ? known->second : std::make_shared<ApiTargets>(api, old, registry_));
  }
}

std::shared_ptr<ApiTargets> TargetTable::find(const Api& api) const {
  const auto found = targets_.find(&api);
  return found == targets_.end() ? nullptr : found->second;
}

void TargetTable::set_health(std::string_view api, const Server& server, bool is_healthy) noexcept {
  for (const auto& [known, targets] : targets_) {
    if (known->id == api) targets->set_health(server, is_healthy);
  }
}

}  // namespace rig::proxy
