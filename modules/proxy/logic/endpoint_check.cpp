#include "logic/endpoint_check.hpp"

#include "logic/claim_rules.hpp"
#include "logic/path_rewrite.hpp"
#include "logic/rate_limit_rules.hpp"
#include "logic/route_matcher.hpp"
#include "logic/target_rules.hpp"

#include <rig/core/field_syntax.hpp>

#include <algorithm>
#include <span>

namespace rig::proxy {
namespace {

namespace json = boost::json;

constexpr std::string_view kTargets[] = {"http", "kafka", "kinesis", "nats"};

// Who may answer what goes to a target (`proxy.md` 5.3). Nothing answers over Kinesis.
constexpr std::string_view kAnswers[] = {"http", "http_async", "kafka", "nats"};
constexpr std::string_view kAnswersOfHttp[] = {"http", "http_async", "kafka"};
constexpr std::string_view kAnswersOfKafka[] = {"http", "kafka"};
constexpr std::string_view kAnswersOfKinesis[] = {"http"};
constexpr std::string_view kAnswersOfNats[] = {"http", "nats"};

std::span<const std::string_view> answers_of(std::string_view target) {
  if (target == "http") return kAnswersOfHttp;
  if (target == "kafka") return kAnswersOfKafka;
  if (target == "kinesis") return kAnswersOfKinesis;
  if (target == "nats") return kAnswersOfNats;
  return kAnswers;
}

void allow_one_of(const json::object& endpoint, std::string_view name,
                  std::span<const std::string_view> allowed, const FaultList& faults) {
  const auto* value = member(endpoint, name);
  if (value == nullptr) return;
  if (!value->is_string()) return faults.add(name, kMustBeString);
  if (std::ranges::find(allowed, text_of(endpoint, name)) != allowed.end()) return;
  std::string reason = "must be one of [";
  for (const auto choice : allowed)
    reason += (reason.ends_with('[') ? "\"" : ", \"") + std::string(choice) + '"';
  faults.add(name, reason + "]");
}

bool has_path_template(const json::object& endpoint) {
  const auto* path = member(endpoint, "path");
  return path != nullptr && path->is_string() && member(endpoint, "path_regex") == nullptr;
}

/// Those of version 3, in its order.
void check_by_contract(const json::object& endpoint, const EndpointRules& rules,
                       const FaultList& faults) {
  if (is_true(endpoint, "secured") && !rules.is_jwt) faults.add("auth_type", kMustBeJwt);
  const auto target = text_of(endpoint, "target");
  const bool is_broker = target == "kafka" || target == "kinesis" || target == "nats";
  const auto* topic = member(endpoint, "topic");
  const bool has_topic = topic != nullptr && !(topic->is_string() && topic->get_string().empty());
  if (is_broker && !has_topic) faults.add("topic", kMustBePresent);
  if (member(endpoint, "schema") != nullptr && member(endpoint, "target") == nullptr)
    faults.add("target", kMustBePresent);
  faults.require_text(endpoint, "id");
  if (!has_path_template(endpoint)) faults.require_text(endpoint, "path_regex");
  faults.require_text(endpoint, "method");
}

/// What the routing cannot use; its sentences stand behind the member that they are about.
void check_routing(const json::object& endpoint, const FaultList& faults) {
  if (has_path_template(endpoint)) {
    const auto route = RouteMatcher::of_path(text_of(endpoint, "path"));
    if (!route) faults.add("path", "must be a path: " + route.error());
  } else if (const auto regex = text_of(endpoint, "path_regex"); !regex.empty()) {
    const auto route = RouteMatcher::of_regex(regex);
    if (!route) faults.add("path_regex", "must be a regular expression: " + route.error());
  }
  faults.allow_text(endpoint, "path_replacement");
  const auto replacement = text_of(endpoint, "path_replacement");
  if (replacement.empty()) return;
  const auto rewrite = PathRewrite::parse(replacement);
  if (!rewrite) faults.add("path_replacement", "must be a replacement: " + rewrite.error());
}

}  // namespace

void check_endpoint(const json::object& endpoint, const EndpointRules& rules,
                    const FaultList& faults) {
  check_by_contract(endpoint, rules, faults);
  check_routing(endpoint, faults);
  const auto method = text_of(endpoint, "method");
  if (!method.empty() && !is_token(method)) faults.add("method", "must be an HTTP method");
  faults.allow_boolean(endpoint, "secured");
  if (is_true(endpoint, "secured") && rules.is_jwt && !rules.has_keys) {
    faults.add(
        "secured",
        "must not be true while no key for tokens is set (JWT_SECRET_KEY, JWT_SECRET_KEYS or "
        "JWT_JWKS_URL)");
  }
  for (const auto* name : {"transform_request_headers", "transform_response_headers"})
    faults.allow_boolean(endpoint, name);
  const bool is_secured = is_true(endpoint, "secured");
  check_required_claims(endpoint, is_secured, faults);
  check_claim_headers(endpoint, is_secured, faults);
  check_rate_limit(endpoint, is_secured, faults);
  check_timeouts(endpoint, faults);
  allow_one_of(endpoint, "target", kTargets, faults);
  faults.allow_text(endpoint, "topic");
  faults.allow_text(endpoint, "schema");
  const auto target = member(endpoint, "target") == nullptr ? "http" : text_of(endpoint, "target");
  allow_one_of(endpoint, "response_from", answers_of(target), faults);
}

}  // namespace rig::proxy
