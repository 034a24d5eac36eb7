#include "io/rate_limiter.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace rig::proxy {

RateLimiter::RateLimiter(std::size_t clients_max, Shards& shards, metrics::Registry& registry)
    : clients_max_(clients_max),
      shards_(shards),
      clients_(registry.gauge(
          {"rig_proxy_rate_limit_clients", "Clients that are remembered for rate limits"})),
      forgotten_(registry.counter({"rig_proxy_rate_limit_forgotten_total",
                                   "Clients that were forgotten for want of room"})),
      tables_(shards) {}

Task<> RateLimiter::start() {
  // Keys spread evenly, so each shard has its share.
  const auto share = (clients_max_ + shards_->count() - 1) / shards_->count();
  const auto make = [share](ShardId) { return std::make_unique<RateTable>(share); };
  co_await tables_.start(make);
}

Task<> RateLimiter::stop() { co_await tables_.stop(); }

TokenBucket::Wait RateLimiter::take_here(const RateKey& key, const TokenBucket::Rate& rate) {
  RateTable& table = tables_.local();
  const auto before = static_cast<std::int64_t>(table.size());
  const auto taken = table.take(key, rate, std::chrono::steady_clock::now());
  const auto after = static_cast<std::int64_t>(table.size());
  if (after != before) clients_.add(after - before);
  if (taken.has_forgotten) forgotten_.add();
  return taken.wait;
}

Task<TokenBucket::Wait> RateLimiter::take(Ref<RateLimiter> self, RateKey key,
                                          TokenBucket::Rate rate) {
  const auto owner = static_cast<ShardId>(owner_of(key, self->shards_->count()));
  if (owner == current_shard()) co_return self->take_here(key, rate);
  co_return co_await on_shard(self->shards_, owner, take_there(self, key, rate));
}

Task<TokenBucket::Wait> RateLimiter::take_there(Ref<RateLimiter> self, RateKey key,
                                                TokenBucket::Rate rate) {
  co_return self->take_here(key, rate);
}

}  // namespace rig::proxy
