#pragma once

#include <cstdint>
#include <random>

namespace rig::proxy {

/// Chooses a share of what it is asked about, at random, so that no pattern of requests escapes it.
/// One per shard.
class Sampler {
 public:
  explicit Sampler(std::uint32_t seed) : random_(seed) {}

  /// `share`: 0 never, 1 always.
  [[nodiscard]] bool takes(double share) {
    return share >= 1 || (share > 0 && std::uniform_real_distribution<>(0, 1)(random_) < share);
  }

 private:
  std::minstd_rand random_;
};

}  // namespace rig::proxy
