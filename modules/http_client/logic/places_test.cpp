#include "logic/places.hpp"

#include <gtest/gtest.h>

namespace rig::http_client {
namespace {

using Entry = Places::Entry;

TEST(Places, FirstComeFirstServed) {
  Places places(1, 2);
  Places::Visitor a;
  Places::Visitor b;
  Places::Visitor c;
  Places::Visitor d;
  EXPECT_TRUE(places.is_empty());
  EXPECT_EQ(places.enter(a), Entry::kIn);
  EXPECT_TRUE(a.has_place);
  EXPECT_EQ(places.enter(b), Entry::kWaits);
  EXPECT_EQ(places.enter(c), Entry::kWaits);
  EXPECT_EQ(places.enter(d), Entry::kFull);
  EXPECT_EQ(places.leave(a), &b);
  EXPECT_TRUE(b.has_place);
  EXPECT_FALSE(a.has_place);
  EXPECT_EQ(places.leave(b), &c);
  EXPECT_EQ(places.leave(c), nullptr);
  EXPECT_TRUE(places.is_empty());
}

TEST(Places, WhoGivesUpIsPassedOver) {
  Places places(1, 2);
  Places::Visitor a;
  Places::Visitor b;
  Places::Visitor c;
  places.enter(a);
  places.enter(b);
  places.enter(c);
  places.give_up(b);
  EXPECT_FALSE(places.is_empty());
  EXPECT_EQ(places.leave(a), &c);
  EXPECT_FALSE(b.has_place);
}

TEST(Places, PlaceThatIsPassedOnIsNotFree) {
  Places places(1, 1);
  Places::Visitor a;
  Places::Visitor b;
  Places::Visitor c;
  places.enter(a);
  places.enter(b);
  places.leave(a);
  EXPECT_EQ(places.enter(c), Entry::kWaits);
}

}  // namespace
}  // namespace rig::http_client
