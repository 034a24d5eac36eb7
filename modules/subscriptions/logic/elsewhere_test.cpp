#include "logic/elsewhere.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::subscriptions {
namespace {

using cloudevents::LogPlace;
using std::chrono::seconds;
using ::testing::UnorderedElementsAre;

Elsewhere::Clock::time_point at(int second) {
  return Elsewhere::Clock::time_point(seconds(second));
}

TEST(Elsewhere, KnowsTheLastPlaceOfEachLog) {
  Elsewhere elsewhere(seconds(10), 3);
  EXPECT_EQ(elsewhere.places(), nullptr);
  EXPECT_TRUE(elsewhere.advance({1, 5}, at(0)));
  EXPECT_TRUE(elsewhere.advance({2, 1}, at(0)));
  const auto before = elsewhere.places();
  EXPECT_TRUE(elsewhere.advance({1, 7}, at(0)));
  EXPECT_THAT(*elsewhere.places(), UnorderedElementsAre(LogPlace{1, 7}, LogPlace{2, 1}));
  EXPECT_THAT(*before, UnorderedElementsAre(LogPlace{1, 5}, LogPlace{2, 1})) << "it is shared";
}

TEST(Elsewhere, WhatHasComeBeforeDoesNotComeAgain) {
  Elsewhere elsewhere(seconds(10), 3);
  elsewhere.advance({1, 5}, at(0));
  EXPECT_FALSE(elsewhere.advance({1, 5}, at(0)));
  EXPECT_FALSE(elsewhere.advance({1, 4}, at(0)));
  EXPECT_TRUE(elsewhere.advance({1, 6}, at(0)));
}

TEST(Elsewhere, ForgetsLogsOfWhichNothingIsHeard) {
  Elsewhere elsewhere(seconds(10), 3);
  elsewhere.advance({1, 5}, at(0));
  elsewhere.advance({2, 5}, at(0));
  elsewhere.advance({1, 5}, at(6));
  elsewhere.expire(at(11));
  EXPECT_THAT(*elsewhere.places(), UnorderedElementsAre(LogPlace{1, 5}));
}

TEST(Elsewhere, ForgetsTheLongestSilentOfTooMany) {
  Elsewhere elsewhere(seconds(10), 2);
  elsewhere.advance({1, 1}, at(0));
  elsewhere.advance({2, 1}, at(1));
  elsewhere.advance({1, 2}, at(2));
  elsewhere.advance({3, 1}, at(3));
  EXPECT_THAT(*elsewhere.places(), UnorderedElementsAre(LogPlace{1, 2}, LogPlace{3, 1}));
}

}  // namespace
}  // namespace rig::subscriptions
