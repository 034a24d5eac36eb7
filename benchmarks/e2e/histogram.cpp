#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rig::bench {

// Bucket layout: the first kSteps buckets hold one value each; then every further power of two has
// kSteps.
std::size_t Histogram::bucket_of(std::uint64_t value) {
  if (value < kSteps) {
    return value;
  }
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - kStepBits;
  return (static_cast<std::size_t>(shift) << kStepBits) + (value >> shift);
}

std::uint64_t Histogram::highest_in(std::size_t bucket) {
  if (bucket < kSteps) {
    return bucket;
  }
  const std::size_t shift = (bucket >> kStepBits) - 1;
  const std::uint64_t step = bucket - (shift << kStepBits);
  return ((step + 1) << shift) - 1;
}

Histogram::Histogram() : counts_(bucket_of(~0ULL) + 1) {}

void Histogram::add(Nanos value) {
  const auto nanos = static_cast<std::uint64_t>(std::max<Nanos::rep>(value.count(), 0));
  ++counts_[bucket_of(nanos)];
  ++count_;
  max_ = std::max(max_, nanos);
}

void Histogram::clear() { *this = Histogram{}; }

Nanos Histogram::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size() && count_ > 0; ++bucket) {
    seen += counts_[bucket];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) {
      return Nanos{static_cast<Nanos::rep>(std::min(highest_in(bucket), max_))};
    }
  }
  return max();
}

}  // namespace rig::bench
