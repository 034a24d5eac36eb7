#include "io/route_guard.hpp"

#include "io/own_answers.hpp"
#include "logic/claim_path.hpp"
#include "logic/claim_rules.hpp"
#include "logic/header_filter.hpp"
#include "logic/rate_limit_answer.hpp"
#include "logic/token_places.hpp"

#include <rig/core/log.hpp>
#include <rig/transport/credentials.hpp>

#include <boost/json/serialize.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace rig::proxy {
namespace {

using transport::Exchange;
using transport::HttpResponse;

constexpr std::string_view kHeadersOfPages = "content-type";

/// The endpoint's own limit comes first, as it lets less through than the API's.
std::array<const RateLimit*, 2> limits_of(const CompiledRoute& route) noexcept {
  const auto pointer = [](const std::optional<RateLimit>& limit) {
    return limit ? &*limit : nullptr;
  };
  return {pointer(route.endpoint->rate_limit), pointer(route.api->rate_limit)};
}

bool has_limits(const CompiledRoute& route) noexcept {
  return route.endpoint->rate_limit || route.api->rate_limit;
}

HttpResponse unusable_claim(const CompiledRoute& route, const std::string& claim) {
  RIG_LOG(kWarn, "a claim is no value of a header", {"api", route.api->id},
          {"endpoint", route.endpoint->id}, {"claim", claim});
  return transport::denial_response(
      {403, "claim_unusable", "The claim " + claim + " of the token cannot be handed on.", {}, {}});
}

}  // namespace

RouteGuard::RouteGuard(std::size_t clients_max, Shards& shards, Ref<access::Access> access,
                       metrics::Registry& registry)
    : access_(access), limiter_(clients_max, shards, registry) {}

bool RouteGuard::has_rules(const CompiledRoute& route) noexcept {
  return route.endpoint->secured || has_limits(route) || !route.endpoint->claim_headers.empty();
}

Task<RouteGuard::Admission> RouteGuard::admit(Ref<RouteGuard> self, Ref<Exchange> exchange,
                                              Ref<const CompiledRoute> route, std::string query) {
  const Endpoint& endpoint = *route->endpoint;
  Admission admission;
  const bool is_limited = has_limits(*route);
  if (is_limited) admission.refusal = co_await check_limits(self, exchange, route, false, nullptr);
  if (admission.refusal) co_return admission;
  Identity identity;
  if (endpoint.secured) {
    auto tokens = find_tokens(route->api->auth, exchange->request().headers, query);
    auto answer = co_await self->access_->authenticate(std::move(tokens), endpoint.required_claims);
    if (!answer) {
      admission.refusal = for_browsers(transport::denial_response(answer.error()), kHeadersOfPages);
      co_return admission;
    }
    identity = *std::move(answer);
  }
  if (is_limited) admission.refusal = co_await check_limits(self, exchange, route, true, identity);
  if (admission.refusal) co_return admission;
  auto claims =
      claim_headers(endpoint.claim_headers, identity ? &identity->tokens.front()->claims : nullptr);
  if (claims) {
    admission.claims = *std::move(claims);
  } else {
    admission.refusal = for_browsers(unusable_claim(*route, claims.error()), kHeadersOfPages);
  }
  co_return admission;
}

Task<RouteGuard::Refusal> RouteGuard::check_limits(Ref<RouteGuard> self, Ref<Exchange> exchange,
                                                   Ref<const CompiledRoute> route, bool by_claim,
                                                   Identity identity) {
  for (const RateLimit* limit : limits_of(*route)) {
    if (limit == nullptr || (limit->by == RateLimit::By::kClaim) != by_claim) continue;
    const auto key = self->key_of(*limit, *exchange, identity);
    const auto wait = co_await RateLimiter::take(self->limiter_, key, limit->rate);
    if (wait > TokenBucket::Wait(0))
      co_return for_browsers(too_many_requests(*limit, wait), kHeadersOfPages);
  }
  co_return std::nullopt;
}

/// A client that shows neither header nor claim counts by its address: leaving it out helps nobody.
RateKey RouteGuard::key_of(const RateLimit& limit, const Exchange& exchange,
                           const Identity& identity) const {
  std::string client;
  std::string_view kind;
  if (limit.by == RateLimit::By::kHeader) {
    kind = "header";
    client = list_of(exchange.request().headers, limit.header);
  } else if (limit.by == RateLimit::By::kClaim && identity) {
    kind = "claim";
    const auto* claim = find_claim(identity->tokens.front()->claims, limit.claim);
    if (claim != nullptr && !claim->is_null()) client = boost::json::serialize(*claim);
  }
  if (client.empty()) {
    kind = "address";
    client = exchange.counted_address();
  }
  const std::array<std::string_view, 3> parts{limit.scope, kind, client};
  return limiter_.keys().key_of(parts);
}

}  // namespace rig::proxy
