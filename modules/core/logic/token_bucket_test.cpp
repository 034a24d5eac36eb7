#include <rig/core/token_bucket.hpp>

#include <gtest/gtest.h>

namespace rig {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class Bucket : public ::testing::Test {
 protected:
  TokenBucket::Wait take() { return bucket_.take(rate_, now_); }
  int taken_at_once() {
    int count = 0;
    while (take() == TokenBucket::Wait(0)) ++count;
    return count;
  }

  TokenBucket bucket_;
  TokenBucket::Rate rate_ = TokenBucket::Rate::of(10, 3);
  TokenBucket::Time now_{hours(1)};
};

TEST_F(Bucket, GivesTheBurstAtOnceAndThenSaysHowLongToWait) {
  EXPECT_EQ(taken_at_once(), 3);
  EXPECT_EQ(take(), milliseconds(100));
  now_ += milliseconds(40);
  EXPECT_EQ(take(), milliseconds(60));
}

TEST_F(Bucket, IsRefilledAtItsRate) {
  EXPECT_EQ(taken_at_once(), 3);
  now_ += milliseconds(100);
  EXPECT_EQ(taken_at_once(), 1);
  now_ += milliseconds(250);
  EXPECT_EQ(taken_at_once(), 2);
  now_ += milliseconds(50);
  EXPECT_EQ(taken_at_once(), 1) << "half a token was there from before";
}

TEST_F(Bucket, HoldsNoMoreThanTheBurst) {
  EXPECT_EQ(taken_at_once(), 3);
  now_ += hours(24);
  EXPECT_EQ(taken_at_once(), 3);
}

TEST_F(Bucket, RefusalsCostNothing) {
  EXPECT_EQ(taken_at_once(), 3);
  for (int i = 0; i < 1000; ++i) EXPECT_GT(take(), TokenBucket::Wait(0));
  now_ += milliseconds(100);
  EXPECT_EQ(taken_at_once(), 1);
}

TEST_F(Bucket, KnowsWhenItIsFullAgain) {
  EXPECT_TRUE(bucket_.is_full(now_));
  EXPECT_EQ(taken_at_once(), 3);
  EXPECT_FALSE(bucket_.is_full(now_ + milliseconds(299)));
  EXPECT_TRUE(bucket_.is_full(now_ + milliseconds(300)));
}

TEST(BucketRate, OfZeroIsNoLimit) {
  EXPECT_FALSE(TokenBucket::Rate::of(0, 5).is_limited());
  EXPECT_TRUE(TokenBucket::Rate::of(1'000'000, 1).is_limited());
}

TEST(BucketRate, MayBeOfAnyPeriod) {
  const auto rate = TokenBucket::Rate::of(5, std::chrono::minutes(1), 2);
  EXPECT_EQ(rate.interval, std::chrono::seconds(12));
  EXPECT_EQ(rate.depth, std::chrono::seconds(24));
}

}  // namespace
}  // namespace rig
