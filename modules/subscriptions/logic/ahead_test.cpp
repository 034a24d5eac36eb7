#include "logic/ahead.hpp"

#include "logic/test_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rig::subscriptions {
namespace {

using cloudevents::LogMark;
using cloudevents::LogPlace;
using cloudevents::LogPlaces;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kHere = 1;
constexpr std::uint32_t kThere = 2;

/// Entered at `origin`, and got its place here when this node had got as far as `got` there.
cloudevents::EventRef event_of(const std::string& id, LogPlace origin, std::uint64_t place,
                               std::uint64_t got, std::uint64_t seconds = 0) {
  auto event = make_event("t", id);
  event->set_origin(origin);
  event->set_logged(
      LogMark{{kHere, place}, seconds, std::make_shared<LogPlaces>(LogPlaces{{kThere, got}})});
  return event;
}

class AheadTest : public testing::Test {
 protected:
  AheadTest() { ahead_.add(client_, Seen(Cursor{kThere, 5, 0, {}}, kHere), 100); }
  ~AheadTest() override { ahead_.remove(client_); }

  TestSubscriber client_;
  Ahead ahead_;
};

TEST_F(AheadTest, WhatAClientHasSeenIsNotForIt) {
  EXPECT_FALSE(ahead_.deliver(client_, event_of("4", {kThere, 4}, 1, 4)));
  EXPECT_TRUE(ahead_.deliver(client_, event_of("mine", {kHere, 2}, 2, 4)));
  EXPECT_THAT(client_.take(), ElementsAre("mine"));
  EXPECT_TRUE(Ahead::has(client_));
}

TEST_F(AheadTest, CursorsSayWhatItHasSeen) {
  ahead_.deliver(client_, event_of("mine", {kHere, 2}, 2, 4));
  EXPECT_THAT(*client_.last->log_mark().elsewhere, ElementsAre(LogPlace{kThere, 5}));
}

TEST_F(AheadTest, ItIsOverWhenThisNodeHasGotAsFar) {
  EXPECT_FALSE(ahead_.deliver(client_, event_of("5", {kThere, 5}, 3, 5)));
  EXPECT_FALSE(Ahead::has(client_));
  EXPECT_THAT(client_.take(), IsEmpty());
}

TEST_F(AheadTest, WhatIsNewComesAtOnce) {
  EXPECT_TRUE(ahead_.deliver(client_, event_of("6", {kThere, 6}, 3, 6)));
  EXPECT_FALSE(Ahead::has(client_));
  EXPECT_THAT(client_.take(), ElementsAre("6"));
}

TEST_F(AheadTest, ItIsOverAfterItsTime) {
  EXPECT_TRUE(ahead_.deliver(client_, event_of("mine", {kHere, 2}, 2, 4, 101)));
  EXPECT_FALSE(Ahead::has(client_));
}

}  // namespace
}  // namespace rig::subscriptions
