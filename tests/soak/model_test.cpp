// The model itself: what it lets pass and what it does not.
#include "model.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace soak {
namespace {

using std::chrono::seconds;

const Clock::time_point kStart = Clock::time_point() + std::chrono::hours(1);

// Events 0 … 9, one each second from the start on, accepted at once.
Order ten_events() {
  std::vector<Number> numbers;
  std::vector<Published> published;
  for (Number number = 0; number < 10; ++number) {
    numbers.push_back(number);
    published.push_back({kStart + seconds(number), kStart + seconds(number)});
  }
  return {numbers, published};
}

Mask only(Number number) { return Mask{1} << class_of(number); }

// A life that is subscribed to everything since before event `first`.
Life life_from(Number first, Mask mask = kEverything) {
  Life life;
  const auto then = kStart + seconds(first) - std::chrono::milliseconds(500);
  life.confirmed(mask, then, then, true);
  return life;
}

Life with(Life life, const std::vector<Number>& numbers) {
  for (const auto number : numbers) life.got(number);
  return life;
}

TEST(SoakModel, AnOrderHasAllThatWasAcceptedOnce) {
  const std::vector<Published> published(2, {kStart, kStart});
  EXPECT_EQ(Order({1, 0}, published).problem(), "");
  EXPECT_EQ(Order({1}, published).problem(), "event 0 is missing");
  EXPECT_EQ(Order({1, 0, 1}, published).problem(), "event 1 is there twice");
  EXPECT_EQ(Order({0, 1, 2}, published).problem(), "event 2 was never published");
  EXPECT_EQ(Order({0}, {{kStart, kStart}, {kStart, {}}}).problem(), "")
      << "what has no answer may be there or not";
}

TEST(SoakModel, ALifeWithoutAHolePasses) {
  const auto order = ten_events();
  EXPECT_EQ(with(life_from(2), {2, 3, 4}).problem(order), "");
  EXPECT_EQ(with(life_from(2), {1, 2, 3}).problem(order), "") << "1 may have been on its way";
  auto life = with(life_from(7), {7, 8, 9});
  life.saw_the_end();
  EXPECT_EQ(life.problem(order), "");
}

TEST(SoakModel, WhatIsMissingIsFound) {
  const auto order = ten_events();
  EXPECT_EQ(with(life_from(2), {2, 4}).problem(order), "event 3 is lost (place 3)");
  EXPECT_EQ(with(life_from(2), {3, 4}).problem(order), "event 2 is lost (place 2)")
      << "it was sent after the confirmation";
  auto life = with(life_from(7), {7, 8});
  life.saw_the_end();
  EXPECT_EQ(life.problem(order), "event 9 is lost (place 9)");
}

TEST(SoakModel, WhatComesTwiceOrTooLateIsFound) {
  const auto order = ten_events();
  EXPECT_EQ(with(life_from(2), {2, 3, 3}).problem(order),
            "event 3 came twice or too late (place 4)");
  EXPECT_EQ(with(life_from(2), {2, 3, 4, 3}).problem(order),
            "event 3 came twice or too late (place 5)");
}

TEST(SoakModel, WhatNobodyAskedForIsFound) {
  const auto order = ten_events();
  ASSERT_NE(class_of(3), class_of(4));
  EXPECT_EQ(with(life_from(3, only(3)), {3, 4}).problem(order),
            "event 4 was not subscribed to (place 4)");
  EXPECT_EQ(with(life_from(8), {1, 2}).problem(order),
            "event 1 is older than the subscription (place 1)");
}

TEST(SoakModel, AReplacementHasAPlaceBetweenTwoEvents) {
  const auto order = ten_events();
  const auto replaced = [&](const std::vector<Number>& before, const std::vector<Number>& after) {
    auto life = with(life_from(0), before);
    life.confirmed(only(5), kStart + seconds(5), kStart + seconds(5), true);
    return with(life, after).problem(order);
  };
  EXPECT_EQ(replaced({0, 1, 2, 3, 4}, {5}), "");
  EXPECT_EQ(replaced({0, 1, 2, 3, 4, 5}, {}), "");
  EXPECT_EQ(replaced({0, 1, 2, 3}, {5}), "") << "4 may have come after the replacement";
  EXPECT_EQ(replaced({0, 1, 2, 3, 4}, {6}), "event 5 is lost (place 5)") << "either set has it";
  EXPECT_EQ(replaced({0, 1, 2, 3, 4}, {5, 6}), "event 6 was not subscribed to (place 6)");
}

TEST(SoakModel, WhoResumesGoesOnAtTheCursor) {
  const auto order = ten_events();
  auto life = with(life_from(0), {0, 1, 2});
  life.resumed(kEverything);
  EXPECT_EQ(with(life, {3, 4}).problem(order), "");
  EXPECT_EQ(with(life, {4}).problem(order), "event 3 is lost (place 3)");
  EXPECT_EQ(with(life, {2, 3}).problem(order), "event 2 came twice or too late (place 3)");
}

TEST(SoakModel, TheCursorOfAConfirmationCountsAndWithoutOneThatOfTheLastEvent) {
  const auto order = ten_events();
  const auto resumed = [&](bool has_cursor, const std::vector<Number>& after) {
    auto life = with(life_from(0), {0, 1, 2});
    life.confirmed(only(3), kStart, kStart + seconds(5), has_cursor);
    life.resumed(kEverything);
    return with(life, after).problem(order);
  };
  EXPECT_EQ(resumed(true, {3, 4}), "");
  EXPECT_EQ(resumed(true, {4, 5}), "event 3 is lost (place 3)") << "the old set had it";
  EXPECT_EQ(resumed(false, {3, 4}), "");
  EXPECT_EQ(resumed(false, {4, 5}), "event 3 is lost (place 3)");
}

}  // namespace
}  // namespace soak
