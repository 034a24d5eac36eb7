#include "logic/blacklist.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace rig::sessions {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::IsEmpty;
using testing::SizeIs;
using Outcome = Blacklist::Outcome;

constexpr std::size_t kAll = 1000;

sys_seconds at(int second) { return sys_seconds(seconds(second)); }

BlacklistEntry entry(std::string session, int until, std::uint64_t version = 1,
                     bool is_lifted = false) {
  return {std::move(session), at(until), at(until), version, is_lifted};
}

class BlacklistTest : public testing::Test {
 protected:
  Outcome add(const std::string& session, int until, int now = 0) {
    return list_.add(session, at(until), at(now));
  }
  [[nodiscard]] bool has(const std::string& session, int now) const {
    return list_.contains(session, at(now));
  }

  Blacklist list_{10};
};

TEST_F(BlacklistTest, SessionIsCutOffUntilThen) {
  EXPECT_FALSE(has("a", 0));
  EXPECT_EQ(add("a", 10), Outcome::kChanged);
  EXPECT_TRUE(has("a", 0));
  EXPECT_TRUE(list_.contains("a", at(10) - milliseconds(1)));
  EXPECT_FALSE(has("a", 10));
  EXPECT_FALSE(has("b", 0));
  EXPECT_FALSE(has("", 0));
}

TEST_F(BlacklistTest, TimeGetsLongerNeverShorter) {
  add("a", 10);
  EXPECT_EQ(add("a", 5), Outcome::kUnchanged);
  EXPECT_TRUE(has("a", 9));
  EXPECT_EQ(add("a", 20), Outcome::kChanged);
  EXPECT_TRUE(has("a", 19));
  EXPECT_EQ(list_.in_force(), 1U);
}

TEST_F(BlacklistTest, WhatIsOverAlreadyIsNotTaken) {
  EXPECT_EQ(add("a", 10, 10), Outcome::kUnchanged);
  EXPECT_EQ(list_.merge(entry("b", 3), at(3)), Outcome::kUnchanged);
  EXPECT_EQ(list_.size(), 0U);
}

TEST_F(BlacklistTest, NamesAreBounded) {
  EXPECT_EQ(add(std::string(kSessionNameBytesMax, 'x'), 10), Outcome::kChanged);
  EXPECT_EQ(add(std::string(kSessionNameBytesMax + 1, 'x'), 10), Outcome::kUnchanged);
  EXPECT_EQ(list_.merge(entry("", 10), at(0)), Outcome::kUnchanged);
  EXPECT_EQ(list_.size(), 1U);
}

TEST_F(BlacklistTest, LiftedSessionIsLetInAndRemembered) {
  EXPECT_EQ(list_.lift("a", at(0)), std::nullopt);
  add("a", 10);
  EXPECT_EQ(list_.lift("a", at(1)), entry("a", 10, 2, true));
  EXPECT_FALSE(has("a", 1));
  EXPECT_EQ(list_.lift("a", at(1)), std::nullopt);
  EXPECT_EQ(list_.in_force(), 0U);
  EXPECT_EQ(list_.size(), 1U);
  EXPECT_EQ(list_.merge(entry("a", 10), at(2)), Outcome::kUnchanged);
  EXPECT_FALSE(has("a", 2));
  list_.expire(at(10), kAll);
  EXPECT_EQ(list_.size(), 0U);
}

TEST_F(BlacklistTest, WhatHasRunOutCannotBeLifted) {
  add("a", 10);
  EXPECT_EQ(list_.lift("a", at(10)), std::nullopt);
}

TEST_F(BlacklistTest, LiftedSessionCanBeCutOffAnewForLess) {
  add("a", 100);
  list_.lift("a", at(1));
  EXPECT_EQ(add("a", 10, 2), Outcome::kChanged);
  EXPECT_TRUE(has("a", 9));
  EXPECT_FALSE(has("a", 10));
  // A node that has heard of nothing since the first entry must not bring that back.
  list_.expire(at(50), kAll);
  EXPECT_EQ(list_.merge(entry("a", 100), at(50)), Outcome::kUnchanged);
  EXPECT_FALSE(has("a", 50));
  list_.expire(at(100), kAll);
  EXPECT_EQ(list_.size(), 0U);
}

TEST_F(BlacklistTest, SessionThatRanOutCanBeCutOffAgain) {
  add("a", 100);
  list_.lift("a", at(1));
  add("a", 10, 2);
  EXPECT_EQ(add("a", 60, 50), Outcome::kChanged);
  EXPECT_TRUE(has("a", 50));
  EXPECT_FALSE(has("a", 60));
}

// Two nodes cut a session off without hearing of each other.
TEST_F(BlacklistTest, LongerOneHoldsHoweverOftenTheOtherWasExtended) {
  Blacklist other(10);
  add("a", 1000);
  other.add("a", at(10), at(0));
  other.add("a", at(20), at(0));
  other.add("a", at(30), at(0));
  EXPECT_EQ(list_.merge(*other.find("a"), at(1)), Outcome::kUnchanged);
  EXPECT_EQ(other.merge(*list_.find("a"), at(1)), Outcome::kChanged);
  EXPECT_TRUE(other.contains("a", at(999)));
}

TEST_F(BlacklistTest, ExpiryCountsAndDrops) {
  add("a", 10);
  add("b", 10);
  add("c", 20);
  EXPECT_EQ(list_.expire(at(9), kAll), 0U);
  EXPECT_EQ(list_.in_force(), 3U);
  EXPECT_EQ(list_.expire(at(10), 1), 1U);
  EXPECT_EQ(list_.size(), 2U);
  EXPECT_EQ(list_.expire(at(10), kAll), 1U);
  EXPECT_EQ(list_.in_force(), 1U);
  EXPECT_EQ(list_.size(), 1U);
}

TEST_F(BlacklistTest, ShorterEntryThatIsRememberedIsNotCounted) {
  add("a", 100);
  list_.lift("a", at(1));
  add("a", 10, 2);
  EXPECT_EQ(list_.in_force(), 1U);
  list_.expire(at(10), kAll);
  EXPECT_EQ(list_.in_force(), 0U);
  EXPECT_EQ(list_.size(), 1U);
}

TEST_F(BlacklistTest, FullListTakesNoNewNames) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(add(std::to_string(i), 10), Outcome::kChanged);
  EXPECT_EQ(add("more", 100), Outcome::kFull);
  EXPECT_EQ(list_.merge(entry("more", 100), at(0)), Outcome::kFull);
  EXPECT_FALSE(has("more", 0));
  EXPECT_EQ(add("5", 20), Outcome::kChanged);
  EXPECT_NE(list_.lift("5", at(0)), std::nullopt);
  EXPECT_EQ(list_.size(), 10U);
}

TEST_F(BlacklistTest, WhatHasRunOutMakesRoom) {
  for (int i = 0; i < 10; ++i) add(std::to_string(i), 10 + i);
  EXPECT_EQ(add("more", 100, 10), Outcome::kChanged);
  EXPECT_EQ(list_.size(), 10U);
}

TEST_F(BlacklistTest, SnapshotIsWhatIsRemembered) {
  add("a", 10);
  add("b", 20);
  list_.lift("b", at(1));
  EXPECT_THAT(list_.snapshot(at(0)),
              testing::UnorderedElementsAre(entry("a", 10), entry("b", 20, 2, true)));
  EXPECT_THAT(list_.snapshot(at(10)), SizeIs(1));
  EXPECT_THAT(list_.snapshot(at(20)), IsEmpty());
}

TEST_F(BlacklistTest, HigherVersionHolds) {
  list_.merge(entry("a", 100, 3), at(0));
  EXPECT_EQ(list_.merge(entry("a", 200, 2), at(0)), Outcome::kChanged);  // to be remembered longer
  EXPECT_FALSE(has("a", 150));
  EXPECT_EQ(list_.merge(entry("a", 50, 4, true), at(0)), Outcome::kChanged);
  EXPECT_FALSE(has("a", 0));
  EXPECT_EQ(list_.find("a")->remembered_until, at(200));
}

TEST_F(BlacklistTest, OfEqualVersionsTheOneThatIsNotLiftedHolds) {
  list_.merge(entry("a", 100, 2, true), at(0));
  EXPECT_EQ(list_.merge(entry("a", 50, 2), at(0)), Outcome::kChanged);
  EXPECT_TRUE(has("a", 0));
  EXPECT_EQ(list_.merge(entry("a", 100, 2, true), at(0)), Outcome::kUnchanged);
  EXPECT_TRUE(has("a", 0));
}

}  // namespace
}  // namespace rig::sessions
