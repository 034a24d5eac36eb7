#include "logic/pace.hpp"

#include <gtest/gtest.h>

namespace rig::nats {
namespace {

using std::chrono::seconds;

TEST(Pace, FirstAndThenOnePerInterval) {
  Pace pace(seconds(10));
  const Pace::Clock::time_point start(seconds(1000));
  EXPECT_EQ(pace.due(start), 0U);
  EXPECT_EQ(pace.due(start + seconds(1)), std::nullopt);
  EXPECT_EQ(pace.due(start + seconds(9)), std::nullopt);
  EXPECT_EQ(pace.due(start + seconds(10)), 2U);
  EXPECT_EQ(pace.due(start + seconds(11)), std::nullopt);
}

TEST(Pace, AfterAResetAtOnce) {
  Pace pace(seconds(10));
  const Pace::Clock::time_point start(seconds(1000));
  EXPECT_EQ(pace.due(start), 0U);
  pace.reset();
  EXPECT_EQ(pace.due(start), 0U);
}

}  // namespace
}  // namespace rig::nats
