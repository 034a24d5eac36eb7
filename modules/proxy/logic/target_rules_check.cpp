#include "logic/balance.hpp"
#include "logic/definition_syntax.hpp"
#include "logic/member_checks.hpp"
#include "logic/target_rules.hpp"
#include "logic/upstream.hpp"

#include <algorithm>

namespace rig::proxy {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::milliseconds;

/// Choosing costs time for each of them, and each is checked.
constexpr std::size_t kTargetsMax = 100;
constexpr std::int64_t kWeightMax = 1'000;
constexpr std::int64_t kRetriesMax = 10;
constexpr std::int64_t kInARowMax = 1'000;
constexpr std::int64_t kRequestsMax = 1'000'000;
constexpr milliseconds kTimerTick{250};

void check_port(const json::object& target, const std::string& field, const FaultList& faults) {
  const auto* port = member(target, "port");
  if (port == nullptr || !(port->is_int64() || port->is_uint64()))
    return faults.add(field, "must be integer");
  const bool is_in_range = port->is_int64() && port->get_int64() >= 1 && port->get_int64() <= 65535;
  if (!is_in_range) faults.add(field, "must be from 1 to 65535");
}

/// `prefix` stands before the names of its members in errors.
void check_target(const json::object& target, std::string_view prefix, const DefinitionRules& rules,
                  const FaultList& faults) {
  const std::string before(prefix);
  const auto target_url = faults.require_text(target, "target_url", before);
  check_port(target, before + "port", faults);
  const bool use_env = is_true(target, "use_env");
  if (!target_url.empty() && !resolve({std::string(target_url), 0, use_env}, *rules.variables)) {
    // What the variable holds is not repeated: a mistaken name could show a secret.
    faults.add(before + "target_url",
               use_env ? "must name a variable with a host, http://host or https://host"
                       : "must be a host, http://host or https://host");
  }
  const auto* value = member(target, "use_env");
  if (value != nullptr && !value->is_bool()) faults.add(before + "use_env", kMustBeBoolean);
}

void check_targets(const json::object& proxy, const DefinitionRules& rules,
                   const FaultList& faults) {
  const auto* value = member(proxy, "targets");
  if (value == nullptr) return;
  if (!value->is_array() || value->get_array().empty())
    return faults.add("targets", "must be list of at least one target");
  const auto& targets = value->get_array();
  if (targets.size() > kTargetsMax)
    return faults.add("targets", "must have at most " + std::to_string(kTargetsMax) + " targets");
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto name = "targets[" + std::to_string(i) + "]";
    const auto* target = targets[i].if_object();
    if (target == nullptr) {
      faults.add(name, kMustBeObject);
      continue;
    }
    const MemberChecks checks(*target, name, faults);
    checks.allow_only({"target_url", "port", "use_env", "weight"});
    check_target(*target, name + ".", rules, faults);
    checks.allow_number("weight", 1, kWeightMax);
  }
}

/// What only can be seen of targets that are valid, each by itself.
void check_targets_together(const json::object& proxy, const DefinitionRules& rules,
                            const FaultList& faults) {
  const auto targets = read_target_rules(proxy, rules).targets;
  for (auto at = targets.begin(); at != targets.end(); ++at) {
    const auto is_same = [at](const auto& other) { return other.upstream == at->upstream; };
    if (std::any_of(targets.begin(), at, is_same))
      faults.add("targets", "must not have " + at->upstream.host + " with port " +
                                std::to_string(at->upstream.port) + " twice");
  }
  const auto is_tls = [](const auto& target) { return target.upstream.is_tls; };
  if (member(proxy, "tls") != nullptr && std::ranges::none_of(targets, is_tls))
    faults.add("tls", "needs a target with https://");
}

void check_balance(const json::object& proxy, const FaultList& faults) {
  const auto* value = member(proxy, "balance");
  if (value == nullptr) return;
  if (!value->is_string()) return faults.add("balance", kMustBeString);
  if (!parse_balance(text_of(proxy, "balance")))
    faults.add("balance",
               "must be round_robin, least_requests, hash:address, hash:path or "
               "hash:header:NAME");
}

bool is_request_path(std::string_view path) {
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7f && c != '#'; };
  return path.starts_with('/') && std::ranges::all_of(path, is_visible);
}

void check_health_check(const json::object& proxy, const FaultList& faults) {
  const auto checks = MemberChecks::of(proxy, "health_check", faults);
  if (!checks) return;
  checks->allow_only(
      {"path", "interval", "timeout", "unhealthy_after", "healthy_after", "statuses"});
  if (!is_request_path(text_of(checks->object(), "path")))
    checks->add("path", "must be a path, with its query if it has one");
  checks->allow_duration("interval", kTimerTick, hours(1));
  checks->allow_duration("timeout", milliseconds(1), hours(1));
  checks->allow_number("unhealthy_after", 1, kInARowMax);
  checks->allow_number("healthy_after", 1, kInARowMax);
  checks->allow_statuses("statuses");
}

void check_breaker(const json::object& proxy, const FaultList& faults) {
  const auto checks = MemberChecks::of(proxy, "circuit_breaker", faults);
  if (!checks) return;
  checks->allow_only({"failures", "open_for", "statuses"});
  checks->allow_number("failures", 0, kInARowMax);
  checks->allow_duration("open_for", milliseconds(1), hours(1));
  checks->allow_statuses("statuses");
}

void check_tls(const json::object& proxy, const DefinitionRules& rules, const FaultList& faults) {
  const auto checks = MemberChecks::of(proxy, "tls", faults);
  if (!checks) return;
  checks->allow_only({"verify", "ca_file", "server_name"});
  checks->allow_boolean("verify");
  checks->allow_text("ca_file");
  checks->allow_text("server_name");
  const std::string name(text_of(checks->object(), "server_name"));
  const auto server = parse_upstream(name, 1);
  if (!name.empty() && (!server || server->host != name))
    checks->add("server_name", "must be the name of a host");
  const std::string file(text_of(checks->object(), "ca_file"));
  if (file.empty() || !rules.fault_of_ca_file) return;
  if (const auto fault = rules.fault_of_ca_file(file); !fault.empty())
    checks->add("ca_file", "must be a file of certificates: " + fault);
}

}  // namespace

bool is_target_itself(const json::object& proxy) {
  return member(proxy, "targets") == nullptr || member(proxy, "target_url") != nullptr ||
         member(proxy, "port") != nullptr;
}

void check_timeouts(const json::object& owner, const FaultList& faults) {
  const auto checks = MemberChecks::of(owner, "timeouts", faults);
  if (!checks) return;
  checks->allow_only({"connect", "first_byte", "idle", "total"});
  for (const auto* name : {"connect", "first_byte", "idle", "total"})
    checks->allow_duration(name, milliseconds(1), hours(24));
}

void check_proxy_members(const json::object& proxy, const DefinitionRules& rules,
                         const FaultList& faults) {
  const auto before = faults.size();
  if (is_target_itself(proxy)) check_target(proxy, "", rules, faults);
  check_targets(proxy, rules, faults);
  check_balance(proxy, faults);
  const MemberChecks checks(proxy, "", faults);
  checks.allow_number("retries", 0, kRetriesMax);
  checks.allow_number("max_requests", 1, kRequestsMax);
  check_health_check(proxy, faults);
  check_breaker(proxy, faults);
  check_tls(proxy, rules, faults);
  check_timeouts(proxy, faults);
  if (faults.size() == before) check_targets_together(proxy, rules, faults);
}

}  // namespace rig::proxy
