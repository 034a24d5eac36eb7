#pragma once

#include "io/rate_limiter.hpp"
#include "logic/header_rules.hpp"
#include "logic/route_set.hpp"

#include <rig/access/access.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/transport/exchange.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rig::proxy {

/// What a request must pass before its endpoint serves it, whatever the target: rate limits by
/// address or header come first, so that who guesses tokens is slowed down; then its token and the
/// claims that are required; then limits by claim. One object per node; the calls are made on the
/// shard of the request.
class RouteGuard {
 public:
  RouteGuard(std::size_t clients_max, Shards& shards, Ref<access::Access> access,
             metrics::Registry& registry);

  Task<> start() { return limiter_.start(); }
  Task<> stop() { return limiter_.stop(); }

  struct Admission {
    std::optional<transport::HttpResponse> refusal;
    /// For the upstream; views into the route.
    std::vector<ClaimHeader> claims;
  };

  /// Whether requests of this route are asked anything at all.
  [[nodiscard]] static bool has_rules(const CompiledRoute& route) noexcept;
  /// `query`: as it came, with its tokens.
  static Task<Admission> admit(Ref<RouteGuard> self, Ref<transport::Exchange> exchange,
                               Ref<const CompiledRoute> route, std::string query);

 private:
  using Refusal = std::optional<transport::HttpResponse>;
  using Identity = access::IdentityRef;

  /// Those by claim, or the others.
  static Task<Refusal> check_limits(Ref<RouteGuard> self, Ref<transport::Exchange> exchange,
                                    Ref<const CompiledRoute> route, bool by_claim,
                                    Identity identity);
  [[nodiscard]] RateKey key_of(const RateLimit& limit, const transport::Exchange& exchange,
                               const Identity& identity) const;

  Ref<access::Access> access_;
  RateLimiter limiter_;
};

}  // namespace rig::proxy
