#include "logic/denials.hpp"

#include <string>

namespace rig::access {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kUnavailable = 503;
constexpr std::string_view kChallenge = R"(Bearer realm="rig")";

/// RFC 6750, 3: why a token that was shown does not do.
std::string challenge(std::string_view error, std::string_view description) {
  return std::string(kChallenge)
      .append(R"(, error=")")
      .append(error)
      .append(R"(", error_description=")")
      .append(description)
      .append("\"");
}

Denial refused_token(std::string reason, std::string message, std::string v3_cause) {
  auto authenticate = challenge("invalid_token", message);
  return {kUnauthorized, std::move(reason), std::move(message), std::move(authenticate),
          std::move(v3_cause)};
}

/// The first RIG saw a wrong signature in everything but a token that is too old.
std::string v3_cause_of(jwt::Refusal refusal) {
  switch (refusal) {
    case jwt::Refusal::kExpired: return "token expired";
    case jwt::Refusal::kMalformed:
    case jwt::Refusal::kAlgorithm:
    case jwt::Refusal::kUnknownKey:
    case jwt::Refusal::kSignature:
    case jwt::Refusal::kNoKeys: return "Invalid signature";
    default: return std::string(jwt::explain(refusal));
  }
}

}  // namespace

Denial token_missing() {
  return {kUnauthorized,
          "token_missing",
          "A token is needed: Authorization: Bearer, or jwt in the query.",
          std::string(kChallenge),
          {}};
}

Denial token_refused(jwt::Refusal refusal) {
  const auto reason = "token_" + std::string(jwt::name_of(refusal));
  const std::string message(jwt::explain(refusal));
  if (refusal == jwt::Refusal::kOverloaded) return {kUnavailable, reason, message, {}, message};
  return refused_token(reason, message, v3_cause_of(refusal));
}

Denial too_many_tokens() {
  return refused_token("too_many_tokens", "The request shows too many tokens.",
                       "Invalid signature");
}

Denial session_blacklisted(std::string_view session) {
  return refused_token(
      "session_blacklisted", "The session of the token was ended.",
      std::string("Ignoring blacklisted JWT with ID \"").append(session).append("\"."));
}

Denial claim_missing(std::string_view name) {
  return {kForbidden,
          "claim_missing",
          "The token does not have what this needs in its claim " + std::string(name) + ".",
          challenge("insufficient_scope", "a claim is missing"),
          {}};
}

Denial credential_refused() {
  return refused_token("credential", "This is not the credential of the management API.", {});
}

Denial denied_by_service(int status) {
  Denial denial{status == kUnauthorized ? kUnauthorized : kForbidden,
                "denied_by_service",
                "The service that decides about it said no.",
                {},
                {}};
  if (denial.status == kUnauthorized) denial.authenticate = kChallenge;
  return denial;
}

Denial service_unavailable() {
  return {kUnavailable,
          "service_unavailable",
          "The service that decides about it cannot be asked now.",
          {},
          {}};
}

}  // namespace rig::access
