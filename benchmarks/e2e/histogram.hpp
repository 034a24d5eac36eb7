#pragma once
// Latencies with bounded memory and a bounded error: each power of two is cut into kSteps equal
// steps, so a percentile is at most 1/kSteps (1.6 %) above the true value. The maximum is exact.

#include <cstdint>
#include <vector>

#include "clock.hpp"

namespace rig::bench {

class Histogram {
 public:
  Histogram();

  void add(Nanos value);
  void clear();

  /// The value that `share` (0..1) of all values do not exceed; 0 without values.
  Nanos percentile(double share) const;
  Nanos max() const { return Nanos{static_cast<Nanos::rep>(max_)}; }
  std::uint64_t count() const { return count_; }

 private:
  static constexpr int kStepBits = 6;
  static constexpr std::uint64_t kSteps = 1U << kStepBits;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t highest_in(std::size_t bucket);

  std::vector<std::uint32_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace rig::bench
