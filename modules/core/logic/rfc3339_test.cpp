#include <rig/core/rfc3339.hpp>

#include <gtest/gtest.h>

namespace rig {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days kDay = std::chrono::year(2022) / 8 / 12;

TEST(Rfc3339, HasTheDigitsOfItsDuration) {
  EXPECT_EQ(utc_text(kDay + 20h + 5min + 44s + 7ms), "2022-08-12T20:05:44.007Z");
  EXPECT_EQ(utc_text(kDay + 20h + 5min + 44s + 7us), "2022-08-12T20:05:44.000007Z");
}

TEST(Rfc3339, NamesTheZoneAsAsked) {
  EXPECT_EQ(utc_text(kDay + 0ms, "+00:00"), "2022-08-12T00:00:00.000+00:00");
}

TEST(Rfc3339, IsRightBefore1970) {
  EXPECT_EQ(utc_text(std::chrono::sys_days{} - 1ms), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace rig
