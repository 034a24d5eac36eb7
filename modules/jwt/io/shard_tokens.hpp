#pragma once

#include "io/jwt_metrics.hpp"
#include "io/verifier_pool.hpp"
#include "logic/claims.hpp"
#include "logic/key_set.hpp"
#include "logic/verification.hpp"
#include "logic/verified_tokens.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace rig::jwt {

/// What the parts of all shards have in common; read only.
struct ShardSettings {
  ClaimRules rules;
  std::size_t token_bytes_max = 0;
  std::size_t cache_tokens_max = 0;
  std::chrono::milliseconds cache_age_max{0};
  std::chrono::milliseconds timeout{0};
};

/// The keys, the cache and the checks of one shard. A secret's check is done at once; one with a
/// public key goes to the pool and comes back. However many ask for the same token meanwhile, it is
/// checked once.
class ShardTokens {
 public:
  ShardTokens(Ref<Shards> shards, VerifierPool& pool, JwtMetrics& metrics,
              const ShardSettings& settings, KeySetRef keys);
  ~ShardTokens();
  ShardTokens(const ShardTokens&) = delete;
  ShardTokens& operator=(const ShardTokens&) = delete;

  /// From now on tokens are checked with these keys; what others found valid counts no more.
  void use(KeySetRef keys) { keys_ = std::move(keys); }
  [[nodiscard]] std::uint64_t generation() const noexcept { return keys_->generation(); }

  /// Null if it is not known to be valid.
  [[nodiscard]] TokenRef remembered(const Fingerprint& fingerprint);

  struct Outcome {
    Verdict verdict;
    bool wants_keys = false;  ///< refused, but perhaps only because a key is not here yet
  };
  static Task<Outcome> check(Ref<ShardTokens> self, std::string token, Fingerprint fingerprint);

 private:
  struct Job;
  struct Flight;
  using FlightName = std::pair<std::uint64_t, Fingerprint>;  // with which keys, which token

  [[nodiscard]] Outcome outcome_of(const Job& job, Verdict verdict) const;
  /// A check on its way, or null if the pool takes no more.
  [[nodiscard]] std::shared_ptr<Flight> take_off(const std::shared_ptr<Job>& job);
  /// Nobody can join it any more. Null if that was so already.
  std::shared_ptr<Flight> end_flight(const Job& job);
  void give_up(Job& job);
  void land(const Job& job, Verdict verdict);
  void remember(const Job& job, const Verdict& verdict);

  Ref<Shards> shards_;
  VerifierPool& pool_;
  JwtMetrics& metrics_;
  const ShardSettings& settings_;
  const ShardId shard_;
  KeySetRef keys_;
  VerifiedTokens cache_;
  std::map<FlightName, std::shared_ptr<Flight>> flights_;
  /// How what comes back from the pool finds this object; null when it is gone.
  std::shared_ptr<ShardTokens*> here_;
};

}  // namespace rig::jwt
