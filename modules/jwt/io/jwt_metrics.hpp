#pragma once

#include "logic/verification.hpp"

#include <rig/jwt/token.hpp>
#include <rig/metrics/registry.hpp>

#include <array>
#include <cstddef>

namespace rig::jwt {

/// What this module counts. Any thread.
class JwtMetrics {
 public:
  explicit JwtMetrics(metrics::Registry& registry);

  void note(const Verdict& verdict) noexcept;
  metrics::Counter& cache_hits;
  metrics::Counter& refreshes_changed;  ///< fetches of keys, by how they ended
  metrics::Counter& refreshes_unchanged;
  metrics::Counter& refreshes_unreachable;
  metrics::Counter& refreshes_bad_answer;
  metrics::Gauge& keys;     ///< in force
  metrics::Gauge& waiting;  ///< tokens that are being checked by a thread, or wait for one

 private:
  static constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::kOverloaded) + 1;

  metrics::Counter& valid_;
  std::array<metrics::Counter*, kRefusals> refused_{};
};

}  // namespace rig::jwt
