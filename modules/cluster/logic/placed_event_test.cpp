#include "logic/placed_event.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace rig::cluster {
namespace {

using cloudevents::LogPlace;

TEST(PlacedEvent, ComesBackAsItWas) {
  for (const LogPlace place : {LogPlace{1, 0}, LogPlace{35, 36},
                               LogPlace{std::numeric_limits<std::uint32_t>::max(),
                                        std::numeric_limits<std::uint64_t>::max()}}) {
    const auto placed = read_placed(with_place(place, "{ \"a\":\n1 }"));
    ASSERT_TRUE(placed);
    EXPECT_EQ(placed->place, place);
    EXPECT_EQ(placed->event, "{ \"a\":\n1 }");
  }
}

TEST(PlacedEvent, WhatLaterVersionsSayIsPassedOver) {
  const auto placed = read_placed("1-2 x=y z\n{}");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->place, (LogPlace{1, 2}));
  EXPECT_EQ(placed->event, "{}");
}

TEST(PlacedEvent, AnythingElseIsNone) {
  for (const char* text : {"", "{}", "\n{}", "1\n{}", "1-\n{}", "-1\n{}", "1-2", "1-2.\n{}",
                           "0-2\n{}", " 1-2\n{}", "1-2-3\n{}", "zzzzzzzz-1\n{}"}) {
    EXPECT_FALSE(read_placed(text)) << text;
  }
  EXPECT_FALSE(read_placed("1-2 " + std::string(1'000, 'x') + "\n{}"));
}

}  // namespace
}  // namespace rig::cluster
