#pragma once

#include "logic/rate_key.hpp"
#include "logic/rate_table.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/core/token_bucket.hpp>
#include <rig/metrics/registry.hpp>

#include <cstddef>

namespace rig::proxy {

/// The rate limits of this node. A client's connections are on several shards, so what is known of
/// it lives on one that its key says, and the others ask there: exact, without a lock, for two
/// messages per request of a route that has a limit. One object, used on all shards between `start`
/// and `stop`.
class RateLimiter {
 public:
  RateLimiter(std::size_t clients_max, Shards& shards, metrics::Registry& registry);

  Task<> start();
  Task<> stop();

  [[nodiscard]] const RateKeys& keys() const noexcept { return keys_; }

  /// Counts a request: zero if it may go on, else after how long it may.
  static Task<TokenBucket::Wait> take(Ref<RateLimiter> self, RateKey key, TokenBucket::Rate rate);

 private:
  TokenBucket::Wait take_here(const RateKey& key, const TokenBucket::Rate& rate);
  static Task<TokenBucket::Wait> take_there(Ref<RateLimiter> self, RateKey key,
                                            TokenBucket::Rate rate);

  const std::size_t clients_max_;
  const RateKeys keys_ = RateKeys::with_random_seed();
  Ref<Shards> shards_;
  metrics::Gauge& clients_;
  metrics::Counter& forgotten_;
  Sharded<RateTable> tables_;
};

}  // namespace rig::proxy
