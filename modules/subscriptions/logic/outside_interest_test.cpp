#include "logic/outside_interest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::subscriptions {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(OutsideInterest, ATypeIsAskedForOnceHoweverManyShardsWantIt) {
  OutsideInterest interest(0);
  EXPECT_THAT(interest.want({"a", "b"}), ElementsAre("a", "b"));
  EXPECT_THAT(interest.want({"b", "c"}), ElementsAre("c"));
  EXPECT_EQ(interest.types(), 3U);
}

TEST(OutsideInterest, AShardWaitsAlsoForWhatAnotherOneHasAskedFor) {
  OutsideInterest interest(0);
  interest.want({"a"});
  EXPECT_THAT(interest.want({"a"}), IsEmpty());
  EXPECT_FALSE(interest.are_noted({"a"}));
  interest.note({"a"});
  EXPECT_TRUE(interest.are_noted({"a"}));
  EXPECT_FALSE(interest.are_noted({"a", "b"}));
}

TEST(OutsideInterest, ATypeIsKeptUntilTheLastShardDropsItAndTheGraceIsOver) {
  OutsideInterest interest(1);
  interest.want({"a"});
  interest.want({"a"});
  interest.drop({"a"});
  EXPECT_FALSE(interest.has_idle());
  interest.drop({"a"});
  EXPECT_TRUE(interest.has_idle());
  EXPECT_THAT(interest.sweep(), IsEmpty());
  EXPECT_THAT(interest.sweep(), ElementsAre("a"));
  EXPECT_FALSE(interest.has_idle());
  EXPECT_EQ(interest.types(), 0U);
}

TEST(OutsideInterest, WhoComesBackInTheGraceWaitsForNobody) {
  OutsideInterest interest(1);
  interest.want({"a"});
  interest.note({"a"});
  interest.drop({"a"});
  EXPECT_THAT(interest.sweep(), IsEmpty());
  EXPECT_THAT(interest.want({"a"}), IsEmpty());
  EXPECT_TRUE(interest.are_noted({"a"}));
  EXPECT_FALSE(interest.has_idle());
  EXPECT_THAT(interest.sweep(), IsEmpty());
  interest.drop({"a"});
  EXPECT_THAT(interest.sweep(), IsEmpty()) << "the grace begins anew";
  EXPECT_THAT(interest.sweep(), ElementsAre("a"));
}

}  // namespace
}  // namespace rig::subscriptions
