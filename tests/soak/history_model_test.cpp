// What the judge of the cluster lets pass and what not.
#include "history_model.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace history {
namespace {

using namespace std::chrono_literals;

constexpr Mask kFirstType = 1;
const Clock::time_point kStart{1h};

/// One source, events 0 to 4 of type 0 at a second each; the client is confirmed before the second
/// one.
class LifeTest : public ::testing::Test {
 protected:
  LifeTest() {
    auto& row = truth_.row(0, 0);
    for (int i = 0; i < 5; ++i) row.events.push_back({kStart + i * 1s, kStart + i * 1s + 1ms});
    row.promised = 5;
    life_.confirmed(kStart + 500ms);
  }
  void got(std::initializer_list<Number> numbers) {
    for (const auto number : numbers) life_.got(0, 0, number);
  }
  std::string problem() { return life_.problem(truth_, true); }

  Truth truth_{1};
  Life life_{kFirstType};
};

TEST_F(LifeTest, AllSinceTheSubscriptionIsRight) {
  got({1, 2, 3, 4});
  EXPECT_EQ(problem(), "");
}

TEST_F(LifeTest, OneFromBeforeTheSubscriptionMayCome) {
  got({0, 1, 2, 3, 4});
  EXPECT_EQ(problem(), "");
}

TEST_F(LifeTest, OneThatIsMissingIsLost) {
  got({1, 3, 4});
  EXPECT_EQ(problem(), "event 2 of type 0 of source 0 is lost");
}

TEST_F(LifeTest, TheFirstAndTheLastCanBeLostToo) {
  got({2, 3, 4});
  EXPECT_EQ(problem(), "event 1 of type 0 of source 0 is lost");
  Life other(kFirstType);
  other.confirmed(kStart + 500ms);
  other.got(0, 0, 1);
  EXPECT_EQ(other.problem(truth_, true), "event 2 of type 0 of source 0 is lost");
  EXPECT_EQ(other.problem(truth_, false), "") << "it has left";
}

TEST_F(LifeTest, AGapExcusesWhatIsMissingThere) {
  got({1});
  life_.gap(kStart + 3s);
  got({3, 4});
  EXPECT_EQ(problem(), "");
}

TEST_F(LifeTest, AGapElsewhereExcusesNothing) {
  life_.gap(kStart + 3s);
  got({1, 3, 4});
  EXPECT_EQ(problem(), "event 2 of type 0 of source 0 is lost");
}

TEST_F(LifeTest, AGapExcusesNothingThatWasSentLater) {
  got({1});
  life_.gap(kStart + 2500ms);
  got({4});
  EXPECT_EQ(problem(), "event 3 of type 0 of source 0 is lost");
}

TEST_F(LifeTest, NothingComesTwiceOrLate) {
  got({1, 2, 2});
  EXPECT_EQ(problem(), "event 2 of type 0 of source 0 came twice or too late");
  Life other(kFirstType);
  other.got(0, 0, 3);
  other.gap(kStart);
  other.got(0, 0, 2);
  EXPECT_EQ(other.problem(truth_, true), "event 2 of type 0 of source 0 came twice or too late");
}

TEST_F(LifeTest, OfTheTimeBeforeANodeBeganAnewAnythingMayBeMissing) {
  life_.gap(kStart + 2500ms, true);
  got({0, 2});
  EXPECT_EQ(life_.problem(truth_, false), "");
  got({4});
  EXPECT_EQ(problem(), "event 3 of type 0 of source 0 is lost");
}

TEST_F(LifeTest, ANodeThatBeginsAnewMayRepeat) {
  got({1, 2});
  life_.gap(kStart + 2500ms, true);
  got({2, 3, 4});
  EXPECT_EQ(problem(), "");
  got({4});
  EXPECT_EQ(problem(), "event 4 of type 0 of source 0 came twice or too late");
}

TEST_F(LifeTest, WhatWasNotAcceptedMayBeMissing) {
  truth_.row(0, 0).events[2].accepted = {};
  got({1, 3, 4});
  EXPECT_EQ(problem(), "");
}

TEST_F(LifeTest, WhatDiedWithANodeMayBeMissingAtTheEndOnly) {
  truth_.row(0, 0).promised = 3;
  got({1, 2});
  EXPECT_EQ(problem(), "");
  got({4});
  EXPECT_EQ(problem(), "event 3 of type 0 of source 0 is lost");
}

TEST_F(LifeTest, WhatNobodyAskedForOrPublishedIsWrong) {
  Life other(kFirstType);
  other.got(0, 1, 0);
  EXPECT_EQ(other.problem(truth_, true), "event 0 of type 1 of source 0 was never published");
  truth_.row(0, 1).events.push_back({kStart, kStart});
  EXPECT_EQ(other.problem(truth_, true), "event 0 of type 1 of source 0 was not subscribed to");
}

}  // namespace
}  // namespace history
