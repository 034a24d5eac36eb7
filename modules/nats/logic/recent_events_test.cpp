#include "logic/recent_events.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::nats {
namespace {

using std::chrono::seconds;

RecentEvents::Time at(int second) { return RecentEvents::Time(seconds(second)); }

TEST(RecentEvents, AnEventIsItsSourceAndItsId) {
  RecentEvents recent(10, seconds(60));
  EXPECT_TRUE(recent.note("/a", "1", at(0)));
  EXPECT_FALSE(recent.note("/a", "1", at(1)));
  EXPECT_TRUE(recent.note("/b", "1", at(1)));
  EXPECT_TRUE(recent.note("/a", "2", at(1)));
  EXPECT_TRUE(recent.note("/a1", "", at(1))) << "where one ends and the other begins matters";
}

TEST(RecentEvents, TheOldestAreForgottenBeyondTheNumber) {
  RecentEvents recent(2, seconds(60));
  recent.note("/a", "1", at(0));
  recent.note("/a", "2", at(0));
  recent.note("/a", "3", at(0));
  EXPECT_EQ(recent.size(), 2U);
  EXPECT_FALSE(recent.note("/a", "2", at(0)));
  EXPECT_FALSE(recent.note("/a", "3", at(0)));
  EXPECT_TRUE(recent.note("/a", "1", at(0)));
}

TEST(RecentEvents, TheTimeCountsFromTheFirst) {
  RecentEvents recent(10, seconds(60));
  recent.note("/a", "1", at(0));
  EXPECT_FALSE(recent.note("/a", "1", at(59)));
  EXPECT_TRUE(recent.note("/a", "1", at(60)));
  EXPECT_EQ(recent.size(), 1U);
}

TEST(RecentEvents, WhatHasNotComeIsForgotten) {
  RecentEvents recent(10, seconds(60));
  recent.note("/a", "1", at(0));
  recent.forget("/a", "1");
  recent.forget("/a", "9");
  EXPECT_EQ(recent.size(), 0U);
  EXPECT_TRUE(recent.note("/a", "1", at(1)));
  EXPECT_FALSE(recent.note("/a", "1", at(60))) << "the time of the first is gone with it";
  EXPECT_TRUE(recent.note("/a", "1", at(61)));
}

}  // namespace
}  // namespace rig::nats
