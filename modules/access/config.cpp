#include "config.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/env.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace rig::access {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::string_view kSubscriptionCheck = "SUBSCRIPTION_CHECK";
constexpr std::string_view kSubmissionCheck = "SUBMISSION_CHECK";
constexpr std::string_view kRequiredClaim = "API_REQUIRED_CLAIM";

/// Boost.URL takes a port that is too large for an absent one.
bool has_bad_port(std::string_view text) {
  const auto start = text.find("//") + 2;
  const auto authority = text.substr(start, text.find_first_of("/?#", start) - start);
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.ends_with(']') || authority.ends_with(':'))
    return false;
  const auto digits = authority.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error != std::errc() || end != digits.data() + digits.size() || port == 0;
}

bool is_service_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty() || url->has_userinfo()) return false;
  // Boost 1.81 takes http://127.0.0.1.example/ for the address and a path that begins with a dot.
  const auto path = url->encoded_path();
  if (!path.empty() && path.front() != '/') return false;
  if (has_bad_port(text)) return false;
  return url->scheme_id() == boost::urls::scheme::http ||
         url->scheme_id() == boost::urls::scheme::https;
}

CheckConfig check_config(EnvReader& env, Setting setting) {
  const auto text = env.text(setting, "NO_CHECK");
  if (text.empty() || equals_ignoring_case(text, "no_check")) return {};
  if (equals_ignoring_case(text, "jwt_validation")) return {Access::Check::kToken, {}};
  if (!is_service_url(text))
    env.problem(setting.name,
                "is neither NO_CHECK nor JWT_VALIDATION nor the http or https URL of a service");
  return {Access::Check::kService, text};
}

std::string pointer(EnvReader& env, Setting setting, std::string_view default_value) {
  auto text = env.text(setting, default_value);
  if (!is_claim_pointer(text))
    env.problem(setting.name, "is no JSON pointer to a claim, like /jti");
  return text;
}

ServiceConfig service_config(EnvReader& env) {
  ServiceConfig c;
  c.timeout = env.duration({"RIG_CHECK_TIMEOUT",
                            "How long the services of SUBSCRIPTION_CHECK and SUBMISSION_CHECK may "
                            "take to decide"},
                           c.timeout, milliseconds(10), milliseconds(60'000));
  c.cache_for = env.duration(
      {"RIG_CHECK_CACHE_FOR",
       "How long an answer of such a service holds for the same question; 0 asks every time"},
      c.cache_for, milliseconds(0), hours(1));
  c.cache_max = static_cast<std::size_t>(
      env.integer({"RIG_CHECK_CACHE_MAX", "Most such answers kept, per shard and check"},
                  static_cast<std::int64_t>(c.cache_max), {1, 10'000'000}));
  return c;
}

ManagementConfig management_config(EnvReader& env) {
  ManagementConfig c;
  c.token = env.secret(
      {"API_TOKEN", "Whoever manages must show it as Authorization: Bearer; unset: nobody asks"});
  const auto claim = env.text(
      {kRequiredClaim, "Or a valid JWT with this claim: /pointer=value, or /pointer for any value"},
      "");
  if (claim.empty()) return c;
  c.claim = parse_required_claim(claim);
  if (!c.claim) env.problem(kRequiredClaim, "is neither /pointer=value nor /pointer");
  return c;
}

}  // namespace

AccessConfig AccessConfig::from_env(EnvReader& env) {
  AccessConfig c;
  c.subscriptions = check_config(
      env, {kSubscriptionCheck,
            "Who may subscribe: NO_CHECK for all, JWT_VALIDATION for those with a valid token, or "
            "the URL of a service that decides"});
  c.submissions =
      check_config(env, {kSubmissionCheck, "The same for who may publish at /_rig/v1/events"});
  c.service = service_config(env);
  c.management = management_config(env);
  c.session_field =
      pointer(env, {"JWT_SESSION_FIELD", "The claim that names the session, as a JSON pointer"},
              c.session_field);
  c.user_field =
      pointer(env, {"RIG_JWT_USER_FIELD", "The claim that names the user, as a JSON pointer"},
              c.user_field);
  return c;
}

void AccessConfig::require_keys(EnvReader& env) const {
  constexpr std::string_view kWhy =
      "asks for tokens, but there is no key to verify them: set JWT_SECRET_KEY or JWT_JWKS_URL";
  if (subscriptions.check == Access::Check::kToken) env.problem(kSubscriptionCheck, kWhy);
  if (submissions.check == Access::Check::kToken) env.problem(kSubmissionCheck, kWhy);
  if (management.claim) env.problem(kRequiredClaim, kWhy);
}

}  // namespace rig::access
