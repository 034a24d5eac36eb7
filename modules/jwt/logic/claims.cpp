#include "logic/claims.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

namespace rig::jwt {

namespace json = boost::json;
using std::chrono::system_clock;

namespace {

/// The year 2255: what comes later than that is forever, and the clock can still count a leeway on
/// top of it.
constexpr double kSecondsMax = 9.0e9;

/// Seconds since 1970, with fractions (RFC 7519, 2: NumericDate).
std::optional<system_clock::time_point> time_of(const json::value& value) {
  double seconds = 0;
  if (const auto* i = value.if_int64()) {
    seconds = static_cast<double>(*i);
  } else if (const auto* u = value.if_uint64()) {
    seconds = static_cast<double>(*u);
  } else if (const auto* d = value.if_double()) {
    seconds = *d;
  } else {
    return std::nullopt;
  }
  if (std::isnan(seconds)) return std::nullopt;
  const std::chrono::duration<double> since(std::clamp(seconds, -kSecondsMax, kSecondsMax));
  return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(since));
}

bool is_text(const json::value& value, std::string_view text) {
  const auto* const string = value.if_string();
  return string != nullptr && std::string_view(string->data(), string->size()) == text;
}

std::optional<Refusal> check_issuer(const json::object& claims, std::string_view issuer) {
  if (issuer.empty()) return std::nullopt;
  const auto* const iss = claims.if_contains("iss");
  if (iss == nullptr) return Refusal::kIssuer;
  if (!iss->is_string()) return Refusal::kClaim;
  if (!is_text(*iss, issuer)) return Refusal::kIssuer;
  return std::nullopt;
}

/// One audience, or a list of them (RFC 7519, 4.1.3).
std::optional<Refusal> check_audience(const json::object& claims, std::string_view audience) {
  if (audience.empty()) return std::nullopt;
  const auto* const aud = claims.if_contains("aud");
  if (aud == nullptr) return Refusal::kAudience;
  if (const auto* const list = aud->if_array()) {
    if (!std::ranges::all_of(*list, &json::value::is_string)) return Refusal::kClaim;
    const bool has_it =
        std::ranges::any_of(*list, [&](const auto& one) { return is_text(one, audience); });
    return has_it ? std::nullopt : std::optional(Refusal::kAudience);
  }
  if (!aud->is_string()) return Refusal::kClaim;
  if (!is_text(*aud, audience)) return Refusal::kAudience;
  return std::nullopt;
}

}  // namespace

boost::system::result<TokenRef, Refusal> check_claims(json::object claims, const ClaimRules& rules,
                                                      system_clock::time_point now) {
  std::optional<system_clock::time_point> expires_at;
  if (const auto* const exp = claims.if_contains("exp")) {
    expires_at = time_of(*exp);
    if (!expires_at) return Refusal::kClaim;
    *expires_at += rules.leeway;
    if (now >= *expires_at) return Refusal::kExpired;
  } else if (rules.exp_required) {
    return Refusal::kExpired;
  }
  if (const auto* const nbf = claims.if_contains("nbf")) {
    const auto not_before = time_of(*nbf);
    if (!not_before) return Refusal::kClaim;
    if (now < *not_before - rules.leeway) return Refusal::kNotYetValid;
  }
  if (const auto refusal = check_issuer(claims, rules.issuer)) return *refusal;
  if (const auto refusal = check_audience(claims, rules.audience)) return *refusal;
  return TokenRef(std::make_shared<Token>(Token{std::move(claims), expires_at}));
}

bool is_over(const Token& token, system_clock::time_point now) noexcept {
  return token.expires_at && now >= *token.expires_at;
}

}  // namespace rig::jwt
