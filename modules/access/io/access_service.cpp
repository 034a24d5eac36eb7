#include "io/access_service.hpp"

#include "logic/bearer.hpp"
#include "logic/claim.hpp"
#include "logic/denials.hpp"

#include <rig/core/log.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace rig::access {
namespace {

/// A request that shows more is an attack on the processor.
constexpr std::size_t kTokensMax = 8;

bool is_same_secret(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// The token is not known to be good, and it is not known to be of a session that was ended: nobody
/// had time to look is not the same.
bool says_nothing(const Denial& of_token) {
  return of_token.status == 401 && of_token.reason != session_blacklisted({}).reason;
}

Task<Access::Answer> answer(Access::Answer known) { co_return known; }

}  // namespace

AccessService::AccessService(AccessConfig config, Shards& shards, Ports ports)
    : config_(std::move(config)), ports_(ports), denials_(*ports.registry), checks_(shards) {}

Task<> AccessService::start() {
  const auto make = [this](ShardId) {
    auto checks = std::make_unique<Checks>();
    const auto add = [this](std::optional<ServiceCheck>& check, const CheckConfig& config,
                            std::string_view setting) {
      if (config.check == Check::kService)
        check.emplace(setting, config.url, config_.service, ports_.client, *ports_.registry);
    };
    add(checks->subscriptions, config_.subscriptions, "SUBSCRIPTION_CHECK");
    add(checks->submissions, config_.submissions, "SUBMISSION_CHECK");
    return checks;
  };
  co_await checks_.start(make);
}

Task<> AccessService::stop() { co_await checks_.stop(); }

Task<Access::Answer> AccessService::identify(Credentials credentials) {
  return noted(Ref(*this), Action::kIdentify,
               verify(Ref(*this), bearer_tokens(credentials), Of::kAll));
}

Task<Access::Answer> AccessService::may_subscribe(Credentials credentials, Question question) {
  const Ref self(*this);
  if (auto& service = checks_.local().subscriptions)
    return noted(self, Action::kSubscribe,
                 decided_by(self, Ref(*service), std::move(credentials), std::move(question)));
  auto tokens = bearer_tokens(credentials);
  return noted(self, Action::kSubscribe,
               config_.subscriptions.check == Check::kToken
                   ? with_token(self, std::move(tokens), Of::kAll)
                   : verify(self, std::move(tokens), Of::kAll));
}

Task<Access::Answer> AccessService::may_submit(Credentials credentials, Question question) {
  const Ref self(*this);
  if (auto& service = checks_.local().submissions)
    return noted(self, Action::kSubmit,
                 decided_by(self, Ref(*service), std::move(credentials), std::move(question)));
  if (config_.submissions.check == Check::kOpen) return answer(nullptr);
  return noted(self, Action::kSubmit, with_token(self, bearer_tokens(credentials), Of::kAny));
}

Task<Access::Answer> AccessService::may_manage(Credentials credentials) {
  if (managing_is_open()) return answer(nullptr);
  return noted(Ref(*this), Action::kManage, manage(Ref(*this), std::move(credentials)));
}

Task<Access::Answer> AccessService::authenticate(std::vector<std::string> tokens,
                                                 Ref<const RequiredClaims> required) {
  return noted(Ref(*this), Action::kAuthenticate,
               with_claims(Ref(*this), std::move(tokens), required));
}

/// One line and one count for each denial.
Task<Access::Answer> AccessService::noted(Ref<AccessService> self, Action action,
                                          Task<Answer> asking) {
  auto result = co_await std::move(asking);
  if (!result) {
    const Denial& denial = result.error();
    self->denials_.add(action, denial.reason);
    RIG_LOG(kNotice, "access denied", {"action", name_of(action)}, {"reason", denial.reason},
            {"status", denial.status}, {"why", denial.message});
  }
  co_return result;
}

Task<Access::Answer> AccessService::verify(Ref<AccessService> self, std::vector<std::string> tokens,
                                           Of of) {
  if (tokens.empty()) co_return nullptr;
  if (tokens.size() > kTokensMax) co_return too_many_tokens();
  auto identity = std::make_shared<Identity>();
  std::optional<Denial> first;
  for (auto& token : tokens) {
    auto verified = co_await self->ports_.tokens->verify(std::move(token));
    auto denial = verified ? self->add(*identity, *std::move(verified))
                           : std::optional(token_refused(verified.error()));
    const bool must_pass = of == Of::kAll || (of == Of::kKnown && denial && !says_nothing(*denial));
    if (denial && must_pass) co_return *std::move(denial);
    if (denial && !first) first = std::move(denial);
  }
  if (identity->tokens.empty() && of == Of::kKnown) co_return nullptr;
  if (identity->tokens.empty()) co_return *std::move(first);
  co_return identity;
}

Task<Access::Answer> AccessService::with_token(Ref<AccessService> self,
                                               std::vector<std::string> tokens, Of of) {
  if (tokens.empty()) co_return token_missing();
  co_return co_await verify(self, std::move(tokens), of);
}

Task<Access::Answer> AccessService::with_claims(Ref<AccessService> self,
                                                std::vector<std::string> tokens,
                                                Ref<const RequiredClaims> required) {
  auto verified = co_await with_token(self, std::move(tokens), Of::kAny);
  if (!verified || required->empty()) co_return verified;
  const auto& shown = (*verified)->tokens;
  const auto admits = std::ranges::find_if(shown, [&](const jwt::TokenRef& token) {
    return first_missing(*required, token->claims) == nullptr;
  });
  if (admits == shown.end())
    co_return claim_missing(first_missing(*required, shown.front()->claims)->name);
  if (admits == shown.begin()) co_return verified;
  auto identity = std::make_shared<Identity>(**verified);
  std::swap(identity->tokens.front(),
            identity->tokens[static_cast<std::size_t>(admits - shown.begin())]);
  co_return identity;
}

/// The service decides alone; what the tokens say that can be verified here, is known beside it.
Task<Access::Answer> AccessService::decided_by(Ref<AccessService> self, Ref<ServiceCheck> service,
                                               Credentials credentials, Question question) {
  IdentityRef identity;
  if (self->knows_keys()) {
    // What was ended here does not go on because another service does not know of it.
    auto known = co_await verify(self, bearer_tokens(credentials), Of::kKnown);
    if (!known) co_return std::move(known).error();
    identity = *std::move(known);
  }
  auto authorization = joined_authorization(credentials);
  switch (co_await ServiceCheck::ask(service, std::move(question), std::move(authorization))) {
    case ServiceCheck::Verdict::kAllowed: co_return identity;
    case ServiceCheck::Verdict::kUnauthorized: co_return denied_by_service(401);
    case ServiceCheck::Verdict::kForbidden: co_return denied_by_service(403);
    case ServiceCheck::Verdict::kUnavailable: break;
  }
  co_return service_unavailable();
}

Task<Access::Answer> AccessService::manage(Ref<AccessService> self, Credentials credentials) {
  credentials.jwt.clear();  // the address of a request is in too many logs
  constexpr std::string_view kScheme = "Bearer ";
  const auto& management = self->config_.management;
  for (const auto& value : credentials.authorization) {
    if (!management.token.empty() && value.starts_with(kScheme) &&
        is_same_secret(std::string_view(value).substr(kScheme.size()), management.token.reveal()))
      co_return nullptr;
  }
  auto tokens = bearer_tokens(credentials);
  if (credentials.authorization.empty()) co_return token_missing();
  if (!management.claim || tokens.empty()) co_return credential_refused();
  auto verified = co_await verify(self, std::move(tokens), Of::kAny);
  if (!verified) co_return std::move(verified).error();
  const bool is_held = std::ranges::any_of((*verified)->tokens, [&](const jwt::TokenRef& token) {
    return holds(*management.claim, token->claims);
  });
  if (!is_held) co_return claim_missing(management.claim->name);
  co_return *std::move(verified);
}

/// Nothing is added if its session was ended.
std::optional<Denial> AccessService::add(Identity& identity, jwt::TokenRef token) const {
  if (const auto session = find_text_claim(token->claims, config_.session_field)) {
    if (ports_.sessions->is_blacklisted(*session)) return session_blacklisted(*session);
    sessions::SessionName name{std::string(*session), {}};
    if (const auto user = find_text_claim(token->claims, config_.user_field)) name.user = *user;
    if (std::ranges::find(identity.sessions, name) == identity.sessions.end())
      identity.sessions.push_back(std::move(name));
  }
  if (token->expires_at && (!identity.expires_at || *token->expires_at < *identity.expires_at))
    identity.expires_at = token->expires_at;
  identity.tokens.push_back(std::move(token));
  return std::nullopt;
}

}  // namespace rig::access
