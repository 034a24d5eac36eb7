#pragma once

#include "logic/claim.hpp"

#include <rig/access/access.hpp>
#include <rig/core/circuit_breaker.hpp>
#include <rig/core/secret.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace rig {
class EnvReader;
}

namespace rig::access {

struct CheckConfig {
  Access::Check check = Access::Check::kOpen;
  std::string url;  ///< of the service that decides
};

/// How services are asked.
struct ServiceConfig {
  std::chrono::milliseconds timeout{5'000};
  std::chrono::milliseconds cache_for{0};  ///< zero: every time anew
  std::size_t cache_max = 10'000;          ///< per shard and check
  CircuitBreaker::Settings circuit;
};

/// Who may use the management API: one of them, or everybody if there is none.
struct ManagementConfig {
  Secret token;
  std::optional<RequiredClaim> claim;
};

struct AccessConfig {
  CheckConfig subscriptions;
  CheckConfig submissions;
  ServiceConfig service;
  ManagementConfig management;
  std::string session_field = "/jti";
  std::string user_field = "/sub";

  static AccessConfig from_env(EnvReader& env);
  /// What cannot work without a key is a problem.
  void require_keys(EnvReader& env) const;
};

}  // namespace rig::access
