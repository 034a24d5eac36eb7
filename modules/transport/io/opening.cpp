#include "io/opening.hpp"

#include <rig/core/log.hpp>
#include <rig/transport/credentials.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace rig::transport {
namespace {

constexpr auto kSessionEnded = "session_blacklisted";
constexpr auto kTokenMissing = "token_missing";
constexpr std::string_view kJson = "application/json; charset=utf-8";

void log_denial(std::string_view reason) {
  RIG_LOG(kNotice, "access denied", {"action", "subscribe"}, {"reason", reason}, {"status", 401});
}

Task<access::Access::Answer> ask(Ref<access::Access> access, Ref<const HttpRequest> request) {
  auto asked = asked_subscriptions(*request);
  auto credentials = credentials_that_count(*access, *request, asked.has_value());
  if (asked) {
    access::Question question{std::string(kJson), R"({"subscriptions":)" + *asked + "}"};
    co_return co_await access->may_subscribe(std::move(credentials), std::move(question));
  }
  if (credentials.empty()) co_return nullptr;
  co_return co_await access->identify(std::move(credentials));
}

}  // namespace

Task<boost::system::result<StreamRequest, HttpResponse>> authorize_opening(
    Ref<const TransportContext> context, Ref<const HttpRequest> request, StreamRequest wanted) {
  auto who = co_await ask(context->access, request);
  if (!who) co_return opening_denied(context->config, who.error());
  wanted.identity = *std::move(who);
  auto permitted = context->subscriptions.permitted(std::move(wanted.subscriptions),
                                                    claims_of(wanted.identity.get()));
  if (!permitted) co_return HttpResponse::text(400, permitted.error());
  wanted.subscriptions = without_repetitions(*std::move(permitted));
  co_return wanted;
}

access::Credentials credentials_that_count(const access::Access& access, const HttpRequest& request,
                                           bool is_asked) {
  auto credentials = credentials_of(request);
  const bool is_for_service =
      is_asked && access.subscription_check() == access::Access::Check::kService;
  if (!access.knows_keys() && !is_for_service) credentials.authorization.clear();
  return credentials;
}

HttpResponse opening_denied(const TransportConfig& config, const access::Denial& denial) {
  if (!config.denies_as_v3) return denial_response(denial);
  return HttpResponse::text(
      400, denial.v3_cause.empty()
               ? "Subscription denied (not authorized)."
               : "could not parse subscriptions: could not decode JWT: " + denial.v3_cause);
}

HttpResponse put_denied(const TransportConfig& config, const access::Denial& denial) {
  if (!config.denies_as_v3) return denial_response(denial);
  if (denial.v3_cause.empty()) return HttpResponse::text(403, "Subscription denied.");
  return HttpResponse::text(400,
                            "cannot accept subscription request: invalid authorization header: "
                            "could not decode JWT: " +
                                denial.v3_cause);
}

HttpResponse session_ended(TransportShard& shard) {
  note_session_ended(shard);
  return opening_denied(shard.config(),
                        {401, kSessionEnded, "The session of the token was ended.",
                         R"(Bearer realm="rig", error="invalid_token")", "The session was ended."});
}

void note_session_ended(TransportShard& shard) {
  shard.metrics().denied_ended.add();
  log_denial(kSessionEnded);
}

void note_token_missing(TransportShard& shard) {
  shard.metrics().denied_without_token.add();
  log_denial(kTokenMissing);
}

bool is_ended(const sessions::Sessions& sessions, const access::Identity* identity) {
  return identity != nullptr && std::ranges::any_of(identity->sessions, [&](const auto& name) {
           return sessions.is_blacklisted(name.session);
         });
}

std::vector<const boost::json::object*> claims_of(const access::Identity* identity) {
  std::vector<const boost::json::object*> claims;
  if (identity == nullptr) return claims;
  for (const auto& token : identity->tokens) claims.push_back(&token->claims);
  return claims;
}

}  // namespace rig::transport
