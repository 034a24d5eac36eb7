#include <rig/core/circuit_breaker.hpp>

#include <gtest/gtest.h>

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(circuit_.admits(now_));
      circuit_.failed(now_);
    }
  }

  CircuitBreaker::Time now_{seconds(1000)};
  CircuitBreaker circuit_{{.failures_max = 3, .pause = seconds(1), .pause_max = seconds(3)}};
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  fail(2);
  circuit_.succeeded();
  fail(3);
  EXPECT_FALSE(circuit_.admits(now_));
}

TEST_F(CircuitBreakerTest, LetsOneTryAfterThePause) {
  fail(3);
  now_ += milliseconds(999);
  EXPECT_FALSE(circuit_.admits(now_));
  now_ += milliseconds(1);
  EXPECT_TRUE(circuit_.admits(now_));
  EXPECT_FALSE(circuit_.admits(now_));
  circuit_.succeeded();
  EXPECT_TRUE(circuit_.admits(now_));
  EXPECT_TRUE(circuit_.admits(now_));
}

TEST_F(CircuitBreakerTest, ThePauseDoublesUpToItsLimit) {
  fail(3);
  for (const auto pause : {seconds(1), seconds(2), seconds(3), seconds(3)}) {
    EXPECT_FALSE(circuit_.admits(now_ + pause - milliseconds(1)));
    now_ += pause;
    fail(1);
  }
}

TEST_F(CircuitBreakerTest, WhatWasOnItsWayDoesNotCountAgain) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(circuit_.admits(now_));
  for (int i = 0; i < 10; ++i) circuit_.failed(now_);
  EXPECT_TRUE(circuit_.admits(now_ + seconds(1)));
}

TEST_F(CircuitBreakerTest, ALookChangesNothing) {
  fail(3);
  EXPECT_EQ(circuit_.closed_until(), now_ + seconds(1));
  EXPECT_FALSE(circuit_.would_admit(now_));
  now_ += seconds(1);
  EXPECT_TRUE(circuit_.would_admit(now_));
  EXPECT_TRUE(circuit_.would_admit(now_));
  ASSERT_TRUE(circuit_.admits(now_));
  EXPECT_FALSE(circuit_.would_admit(now_));
}

TEST_F(CircuitBreakerTest, AnAttemptThatIsGivenUpLetsTheNextOneTry) {
  fail(3);
  now_ += seconds(1);
  ASSERT_TRUE(circuit_.admits(now_));
  circuit_.given_up();
  EXPECT_TRUE(circuit_.admits(now_));
}

}  // namespace
}  // namespace rig
