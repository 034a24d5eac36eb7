#include "logic/minute_window.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const MinuteWindow::Time kMinute{hours(500'000)};

int admitted(MinuteWindow& window, MinuteWindow::Time at, int attempts) {
  int count = 0;
  for (int i = 0; i < attempts; ++i) count += window.admit(at) ? 1 : 0;
  return count;
}

TEST(MinuteWindow, AdmitsTheLimitAndNoMore) {
  MinuteWindow window(5);
  EXPECT_EQ(admitted(window, kMinute, 10), 5);
  EXPECT_EQ(admitted(window, kMinute + seconds(59), 10), 0);
}

TEST(MinuteWindow, OpensAgainAtTheFullMinute) {
  MinuteWindow window(5);
  EXPECT_EQ(admitted(window, kMinute + seconds(59), 3), 3);
  EXPECT_EQ(admitted(window, kMinute + milliseconds(59'999), 3), 2);
  EXPECT_EQ(admitted(window, kMinute + minutes(1), 10), 5);
  EXPECT_EQ(admitted(window, kMinute + minutes(7), 10), 5);
}

TEST(MinuteWindow, AShardWhoseClockIsAMomentBehindCountsInTheNewMinute) {
  MinuteWindow window(5);
  EXPECT_EQ(admitted(window, kMinute + minutes(1), 3), 3);
  EXPECT_EQ(admitted(window, kMinute + milliseconds(59'999), 10), 2);
  EXPECT_EQ(admitted(window, kMinute + minutes(1), 10), 0);
}

TEST(MinuteWindow, AClockThatIsSetBackLocksNobodyOut) {
  MinuteWindow window(5);
  EXPECT_EQ(admitted(window, kMinute, 10), 5);
  EXPECT_EQ(admitted(window, kMinute - hours(1), 10), 5);
}

TEST(MinuteWindow, ZeroIsNoLimit) {
  MinuteWindow window(0);
  EXPECT_EQ(admitted(window, kMinute, 100), 100);
}

TEST(MinuteWindow, TellsTheTimeToTheNextOneAsWholeSeconds) {
  EXPECT_EQ(MinuteWindow::until_next(kMinute), seconds(60));
  EXPECT_EQ(MinuteWindow::until_next(kMinute + milliseconds(100)), seconds(60));
  EXPECT_EQ(MinuteWindow::until_next(kMinute + seconds(1)), seconds(59));
  EXPECT_EQ(MinuteWindow::until_next(kMinute + milliseconds(59'999)), seconds(1));
}

}  // namespace
}  // namespace rig::transport
