#include "logic/balance.hpp"
#include "logic/member_checks.hpp"
#include "logic/target_rules.hpp"
#include "logic/upstream.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <utility>

namespace rig::proxy {
namespace {

namespace json = boost::json;

std::uint32_t small_number_of(const json::object& object, std::string_view name,
                              std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(number_of(object, name, otherwise));
}

BalancedTarget read_target(const json::object& object, const DefinitionRules& rules) {
  const ProxyTarget target{std::string(text_of(object, "target_url")),
                           static_cast<std::uint16_t>(number_of(object, "port", 0)),
                           is_true(object, "use_env")};
  auto upstream = resolve(target, *rules.variables);
  RIG_ASSERT(upstream.has_value());
  return {*std::move(upstream), small_number_of(object, "weight", 1)};
}

std::optional<HealthCheck> read_health_check(const json::object& proxy) {
  const auto* value = member(proxy, "health_check");
  if (value == nullptr) return std::nullopt;
  const auto& object = value->get_object();
  HealthCheck check;
  check.path = text_of(object, "path");
  check.interval = duration_of(object, "interval", check.interval);
  check.timeout = duration_of(object, "timeout", check.timeout);
  check.unhealthy_after = small_number_of(object, "unhealthy_after", check.unhealthy_after);
  check.healthy_after = small_number_of(object, "healthy_after", check.healthy_after);
  check.statuses = numbers_of(object, "statuses");
  return check;
}

/// Several targets have one unless it is switched off: a request should not have to find out each
/// time that one of them is down.
std::optional<BreakerRules> read_breaker(const json::object& proxy, bool is_usual) {
  BreakerRules rules;
  const auto* value = member(proxy, "circuit_breaker");
  if (value == nullptr) return is_usual ? std::optional(rules) : std::nullopt;
  const auto& object = value->get_object();
  rules.failures = small_number_of(object, "failures", rules.failures);
  rules.open_for = duration_of(object, "open_for", rules.open_for);
  rules.statuses = numbers_of(object, "statuses");
  return rules.failures == 0 ? std::nullopt : std::optional(std::move(rules));
}

TlsRules read_tls(const json::object& proxy) {
  TlsRules rules;
  const auto* value = member(proxy, "tls");
  if (value == nullptr) return rules;
  const auto& object = value->get_object();
  rules.is_verified = member(object, "verify") == nullptr || is_true(object, "verify");
  rules.ca_file = text_of(object, "ca_file");
  rules.server_name = text_of(object, "server_name");
  return rules;
}

}  // namespace

TargetRules read_target_rules(const json::object& proxy, const DefinitionRules& rules) {
  TargetRules read;
  if (is_target_itself(proxy)) read.targets.push_back(read_target(proxy, rules));
  if (const auto* targets = member(proxy, "targets")) {
    for (const auto& target : targets->get_array())
      read.targets.push_back(read_target(target.get_object(), rules));
  }
  const bool are_several = read.targets.size() > 1;
  read.balance = parse_balance(text_of(proxy, "balance")).value_or(Balance());
  read.retries = std::min(small_number_of(proxy, "retries", are_several ? 1 : 0),
                          static_cast<std::uint32_t>(read.targets.size() - 1));
  read.health_check = read_health_check(proxy);
  read.breaker = read_breaker(proxy, are_several);
  read.tls = read_tls(proxy);
  read.timeouts = read_timeouts(proxy);
  read.requests_max = small_number_of(proxy, "max_requests", 0);
  if (read.requests_max > 0) read.requests = std::make_shared<std::atomic<std::uint32_t>>(0);
  return read;
}

Timeouts read_timeouts(const json::object& owner, Timeouts otherwise) {
  const auto* value = member(owner, "timeouts");
  if (value == nullptr) return otherwise;
  const auto& object = value->get_object();
  return {duration_of(object, "connect", otherwise.connect),
          duration_of(object, "first_byte", otherwise.first_byte),
          duration_of(object, "idle", otherwise.idle),
          duration_of(object, "total", otherwise.total)};
}

}  // namespace rig::proxy
