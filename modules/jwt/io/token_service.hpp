#pragma once

#include "config.hpp"
#include "io/jwks_source.hpp"
#include "io/jwt_metrics.hpp"
#include "io/shard_tokens.hpp"
#include "io/verifier_pool.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/jwt/tokens.hpp>
#include <rig/metrics/registry.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rig::jwt {

/// The port of this module: a part on each shard, the pool of threads that they share, and the
/// source of keys on the shard that starts it. `verify` is called between `start` and `stop`.
class TokenService final : public Tokens {
 public:
  TokenService(JwtConfig config, Shards& shards, metrics::Registry& registry,
               http_client::HttpClient& client);

  Task<> start();  ///< on the shard that is to fetch the keys; awaited by the owner
  Task<> stop();   ///< on the same; safe to call twice

  [[nodiscard]] bool has_keys() const noexcept override {
    return !config_.keys.empty() || !config_.jwks.url.empty();
  }
  Task<Verdict> verify(std::string token) override;

 private:
  static Task<Verdict> verify_now(Ref<TokenService> self, std::string token);
  static Task<bool> publish(Ref<TokenService> self, std::vector<Key> fetched);
  static Task<> use(Ref<TokenService> self, KeySetRef keys);
  void set_keys();

  const JwtConfig config_;
  const ShardSettings settings_;
  Ref<Shards> shards_;
  Ref<http_client::HttpClient> client_;
  JwtMetrics metrics_;
  VerifierPool pool_;
  // Of the shard that fetches:
  std::vector<Key> fetched_;
  KeySetRef keys_;
  std::unique_ptr<JwksSource> source_;
  ShardId source_shard_ = 0;

  Sharded<ShardTokens> per_shard_;
};

}  // namespace rig::jwt
