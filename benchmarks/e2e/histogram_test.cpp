#include "histogram.hpp"

#include <gtest/gtest.h>

namespace rig::bench {
namespace {

TEST(Histogram, PercentilesAreNeverTooLowAndAtMostTwoPercentTooHigh) {
  Histogram times;
  constexpr int kCount = 100'000;
  for (int value = 1; value <= kCount; ++value) {
    times.add(Nanos{value});
  }
  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const double exact = share * kCount;
    const auto found = static_cast<double>(times.percentile(share).count());
    EXPECT_GE(found, exact - 1e-6) << share;
    EXPECT_LE(found, exact * 1.02) << share;
  }
  EXPECT_EQ(times.max(), Nanos{kCount});
}

TEST(Histogram, SmallHugeAndNegativeValuesHaveTheirPlace) {
  Histogram times;
  times.add(Nanos{-5});
  EXPECT_EQ(times.percentile(1), Nanos{0});
  times.add(Nanos{3});
  EXPECT_EQ(times.percentile(1), Nanos{3});
  times.add(Nanos::max());
  EXPECT_EQ(times.percentile(1), Nanos::max());
  EXPECT_EQ(times.percentile(0.5), Nanos{3});
}

TEST(Histogram, WithoutValuesAllIsZero) {
  Histogram times;
  times.add(Nanos{7});
  times.clear();
  EXPECT_EQ(times.count(), 0U);
  EXPECT_EQ(times.percentile(0.99), Nanos{0});
  EXPECT_EQ(times.max(), Nanos{0});
}

}  // namespace
}  // namespace rig::bench
