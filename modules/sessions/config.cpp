#include "config.hpp"

#include <rig/core/env.hpp>

#include <cstdint>

namespace rig::sessions {

SessionsConfig SessionsConfig::from_env(EnvReader& env) {
  SessionsConfig config;
  config.blacklist_max = static_cast<std::size_t>(env.integer(
      {"RIG_BLACKLIST_MAX", "Most sessions on the blacklist; when full, it takes no more"},
      static_cast<std::int64_t>(config.blacklist_max), {1, 10'000'000}));
  return config;
}

}  // namespace rig::sessions
