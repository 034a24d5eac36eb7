#include "logic/seen.hpp"

#include "logic/test_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace rig::subscriptions {
namespace {

using cloudevents::LogPlace;
using cloudevents::LogPlaces;
using ::testing::UnorderedElementsAre;

constexpr std::uint32_t kHere = 1;

cloudevents::EventRef event_at(LogPlace here, LogPlaces elsewhere, LogPlace origin) {
  auto event = make_event("t", "1");
  event->set_origin(origin);
  event->set_logged({here, 9, std::make_shared<const LogPlaces>(std::move(elsewhere))});
  return event;
}

TEST(Seen, OfACursorOfAnotherLogIsThatLogToo) {
  Seen seen(Cursor{2, 5, 0, {{3, 7}}}, kHere);
  EXPECT_FALSE(seen.add(LogPlace{2, 5}));
  EXPECT_FALSE(seen.add(LogPlace{3, 7}));
  EXPECT_TRUE(seen.add(LogPlace{2, 6}));
  EXPECT_TRUE(seen.add(LogPlace{3, 8}));
  EXPECT_TRUE(seen.add(LogPlace{4, 1})) << "a log that is new";
  EXPECT_FALSE(seen.add(LogPlace{4, 1}));
}

TEST(Seen, OfACursorOfThisLogIsWhatCameFromElsewhere) {
  EXPECT_TRUE(Seen(Cursor{kHere, 5, 0}, kHere).is_empty());
  Seen seen(Cursor{kHere, 5, 0, {{2, 7}}}, kHere);
  EXPECT_THAT(seen.places(), UnorderedElementsAre(LogPlace{2, 7}));
}

TEST(Seen, ThatTheLogCoversLeavesTheEventAsItIs) {
  const Seen seen(Cursor{2, 5, 0, {{kHere, 3}}}, kHere);
  const auto event = event_at({kHere, 4}, {{2, 6}}, {2, 6});
  EXPECT_EQ(seen.marked(event), event);
}

TEST(Seen, ThatIsMoreThanTheLogHasIsToldByTheEvent) {
  const Seen seen(Cursor{2, 5, 0, {{3, 7}, {kHere, 9}}}, kHere);
  const auto event = event_at({kHere, 4}, {{2, 4}, {4, 1}}, {kHere, 4});
  const auto marked = seen.marked(event);
  EXPECT_NE(marked, event);
  EXPECT_EQ(marked->id(), event->id());
  EXPECT_EQ(marked->origin(), event->origin());
  EXPECT_EQ(marked->log_mark().place, (LogPlace{kHere, 4}));
  EXPECT_EQ(marked->log_seconds(), 9U);
  EXPECT_THAT(
      *marked->log_mark().elsewhere,
      UnorderedElementsAre(LogPlace{2, 5}, LogPlace{3, 7}, LogPlace{4, 1}, LogPlace{kHere, 9}));
}

TEST(Seen, OfTheLogItselfIsSaidByItsPlace) {
  const Seen seen(Cursor{2, 5, 0, {{kHere, 3}}}, kHere);
  const auto marked = seen.marked(event_at({kHere, 4}, {}, {kHere, 4}));
  EXPECT_THAT(*marked->log_mark().elsewhere, UnorderedElementsAre(LogPlace{2, 5}));
}

}  // namespace
}  // namespace rig::subscriptions
