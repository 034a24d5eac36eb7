#include "logic/reconnect_delay.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;

TEST(ReconnectDelay, DoublesUpToTwoSeconds) {
  const milliseconds expected[] = {milliseconds(100), milliseconds(200),  milliseconds(400),
                                   milliseconds(800), milliseconds(1600), milliseconds(2000),
                                   milliseconds(2000)};
  int rounds = 0;
  for (const auto delay : expected) EXPECT_EQ(reconnect_delay(++rounds, 1.0), delay) << rounds;
  EXPECT_EQ(reconnect_delay(std::numeric_limits<int>::max(), 1.0), milliseconds(2000));
}

TEST(ReconnectDelay, IsSpreadOverItsSecondHalf) {
  EXPECT_EQ(reconnect_delay(1, 0.0), milliseconds(50));
  EXPECT_EQ(reconnect_delay(1, 0.5), milliseconds(75));
  EXPECT_EQ(reconnect_delay(9, 0.0), milliseconds(1000));
}

TEST(ReconnectDelay, NonsenseIsHarmless) {
  EXPECT_EQ(reconnect_delay(0, 7.0), milliseconds(100));
  EXPECT_EQ(reconnect_delay(-5, -1.0), milliseconds(50));
}

}  // namespace
}  // namespace rig::nats
