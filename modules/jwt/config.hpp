#pragma once

#include "logic/claims.hpp"
#include "logic/jws.hpp"
#include "logic/key.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rig {
class EnvReader;
}

namespace rig::jwt {

/// Where keys are fetched from, and how often.
struct JwksConfig {
  std::string url;  ///< empty: from nowhere
  std::chrono::milliseconds refresh_interval{std::chrono::minutes(10)};
  std::chrono::milliseconds refresh_interval_min{std::chrono::seconds(10)};
  std::chrono::milliseconds timeout{std::chrono::seconds(5)};
};

/// The settings of this module; read once. Problems are noted with the reader and say nothing of a
/// key.
struct JwtConfig {
  std::vector<Key> keys;  ///< of the settings; those of the URL come to them
  JwksConfig jwks;
  ClaimRules rules;
  std::size_t token_bytes_max = kTokenBytesMax;
  std::size_t cache_tokens_max = 10'000;  ///< per shard
  std::chrono::milliseconds cache_age_max{std::chrono::minutes(5)};
  std::optional<std::size_t> threads;  ///< for checks that take long; unset: half of the shards
  std::size_t queue_max = 10'000;      ///< tokens that may wait for these threads
  std::vector<std::string> warnings;   ///< what is allowed but not wise

  static JwtConfig from_env(EnvReader& env);
};

}  // namespace rig::jwt
