#include "logic/poll_buffer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace rig::transport {
namespace {

cloudevents::EventRef event(std::string json, std::string type = "t") {
  cloudevents::Event::Parts parts;
  parts.type = std::move(type);
  parts.json = std::move(json);
  return std::make_shared<const cloudevents::Event>(std::move(parts));
}

/// Adds the events `{"n":1}` … with the cursors c1 …, if there is room; returns how many.
int add(PollBuffer& buffer, int from, int to) {
  int added = 0;
  for (int n = from; n <= to; ++n) {
    auto numbered = event("{\"n\":" + std::to_string(n) + "}");
    if (!buffer.has_room_for(numbered->json().size())) break;
    buffer.add(std::move(numbered), "c" + std::to_string(n));
    ++added;
  }
  return added;
}

std::string read(const PollBuffer& buffer, std::string_view place) {
  return buffer.read(PollPlace::parse(place)).events;
}

TEST(PollPlace, IsReadBackFromItsText) {
  const PollPlace place{"1ab-2-3", 42};
  EXPECT_EQ(place.text(), "1ab-2-3~42");
  EXPECT_EQ(PollPlace::parse(place.text()).cursor, "1ab-2-3");
  EXPECT_EQ(PollPlace::parse(place.text()).number, 42u);
}

TEST(PollPlace, WhatIsNoneIsTheBeginning) {
  for (const auto* text :
       {"", "~", "abc", "abc~", "abc~x", "abc~1x", "abc~-1", "a~1~2", "a~99999999999999999999999"})
    EXPECT_EQ(PollPlace::parse(text).number, 0u) << text;
  EXPECT_EQ(PollPlace::parse("a-1-2").cursor, "a-1-2");
}

TEST(PollBuffer, GivesWhatCameAfterAPlaceAndThePlaceBehindIt) {
  PollBuffer buffer({}, false);
  buffer.set_cursor("c0");
  buffer.add_notice(event(R"({"hello":1})"));
  EXPECT_EQ(add(buffer, 1, 2), 2);
  const auto page = buffer.read({});
  EXPECT_EQ(page.events, R"([{"hello":1},{"n":1},{"n":2}])");
  EXPECT_EQ(page.last_event_id, "c2~3");
  EXPECT_EQ(read(buffer, "c1~2"), R"([{"n":2}])");
  EXPECT_EQ(read(buffer, "c2~3"), "[]");
  EXPECT_TRUE(buffer.has_after({"c1", 2}));
  EXPECT_FALSE(buffer.has_after({"c2", 3}));
}

TEST(PollBuffer, AnEmptyAnswerKeepsThePlace) {
  PollBuffer buffer({}, false);
  buffer.set_cursor("c0");
  EXPECT_FALSE(buffer.has_after({}));
  EXPECT_EQ(buffer.read({}).last_event_id, "c0~0");
  add(buffer, 1, 1);
  EXPECT_EQ(buffer.read({"c1", 1}).last_event_id, "c1~1");
}

TEST(PollBuffer, APlaceOfAnotherSessionIsTheBeginning) {
  PollBuffer buffer({}, false);
  add(buffer, 1, 1);
  EXPECT_TRUE(buffer.has_after({"c9", 9}));
  EXPECT_EQ(read(buffer, "c9~9"), R"([{"n":1}])");
  buffer.confirm({"c9", 9});
  EXPECT_FALSE(buffer.has_lost({})) << "nothing was confirmed by it";
}

TEST(PollBuffer, APlaceThatIsSentAgainGivesTheSameAgain) {
  PollBuffer buffer({}, false);
  add(buffer, 1, 3);
  for (int i = 0; i < 2; ++i) {
    buffer.confirm({"c1", 1});
    EXPECT_EQ(read(buffer, "c1~1"), R"([{"n":2},{"n":3}])");
  }
  buffer.confirm({"c3", 3});
  EXPECT_EQ(read(buffer, "c1~1"), R"([{"n":2},{"n":3}])") << "there was room for what is confirmed";
  EXPECT_FALSE(buffer.has_lost({"c1", 1}));
}

TEST(PollBuffer, WhatIsNotConfirmedStaysAndTheNextEventFindsNoRoom) {
  PollBuffer buffer({.events_max = 3}, false);
  EXPECT_EQ(add(buffer, 1, 9), 3);
  EXPECT_EQ(buffer.cursor(), "c3") << "the log has the rest behind it";
  EXPECT_EQ(read(buffer, ""), R"([{"n":1},{"n":2},{"n":3}])");
  EXPECT_FALSE(buffer.has_lost({}));
}

TEST(PollBuffer, BytesAreALimitTooButOneEventAlwaysFits) {
  PollBuffer buffer({.events_max = 100, .bytes_max = 15}, false);
  EXPECT_EQ(add(buffer, 1, 9), 2);
  buffer.confirm({"c2", 2});
  EXPECT_TRUE(buffer.has_room_for(1000));
  buffer.add(event(std::string(1000, 'x')), "c3");
  EXPECT_FALSE(buffer.has_room_for(1));
  EXPECT_EQ(read(buffer, "c2~2"), "[" + std::string(1000, 'x') + "]");
}

TEST(PollBuffer, WhatIsConfirmedMakesRoomOldestFirst) {
  PollBuffer buffer({.events_max = 3}, false);
  add(buffer, 1, 3);
  buffer.confirm({"c2", 2});
  EXPECT_EQ(add(buffer, 4, 9), 2);
  EXPECT_EQ(read(buffer, "c2~2"), R"([{"n":3},{"n":4},{"n":5}])");
  EXPECT_TRUE(buffer.has_lost({"c1", 1})) << "2 was confirmed and is gone";
  EXPECT_FALSE(buffer.has_lost({"c2", 2}));
  EXPECT_TRUE(buffer.has_lost({}));
  EXPECT_TRUE(buffer.has_after({"c1", 1}));
}

TEST(PollBuffer, APageOfTheLogNeedsTheBufferHalfEmpty) {
  PollBuffer buffer({.events_max = 4, .bytes_max = 1000}, false);
  EXPECT_TRUE(buffer.has_room_for_page());
  add(buffer, 1, 2);
  EXPECT_TRUE(buffer.has_room_for_page());
  add(buffer, 3, 3);
  EXPECT_FALSE(buffer.has_room_for_page());
  buffer.confirm({"c1", 1});
  EXPECT_TRUE(buffer.has_room_for_page());
  EXPECT_TRUE(buffer.has_lost({}));
}

TEST(PollBuffer, ABufferForOneEventGetsAPageOnceEverythingIsConfirmed) {
  PollBuffer buffer({.events_max = 1}, false);
  EXPECT_EQ(add(buffer, 1, 2), 1);
  EXPECT_FALSE(buffer.has_room_for_page());
  buffer.confirm({"c1", 1});
  EXPECT_TRUE(buffer.has_room_for_page());
  for (int n = 2; n <= 4; ++n) buffer.add(event(std::to_string(n)), "c" + std::to_string(n));
  EXPECT_EQ(read(buffer, "c1~1"), "[2,3,4]") << "a page may go beyond the limit";
}

TEST(PollBuffer, NoticesNeedNoRoomAndStayInOrder) {
  PollBuffer buffer({.events_max = 1}, false);
  buffer.set_cursor("c0");
  buffer.add_notice(event("1", "rig.connection.create"));
  buffer.add_notice(event("2", "rig.subscriptions_set"));
  EXPECT_FALSE(buffer.has_room_for(1));
  EXPECT_EQ(read(buffer, ""), "[1,2]");
  EXPECT_EQ(buffer.read({}).last_event_id, "c0~2");
}

TEST(PollBuffer, NoticesOfAClientThatDoesNotPollDoNotAddUp) {
  PollBuffer buffer({.events_max = 2}, false);
  add(buffer, 1, 1);
  for (int i = 0; i < 1000; ++i) {
    buffer.add_notice(event(std::to_string(i), "rig.subscriptions_set"));
  }
  EXPECT_EQ(read(buffer, ""), R"([{"n":1},999])") << "the newest counts";
  EXPECT_EQ(read(buffer, "c1~2"), "[999]") << "also for who has seen one of the others";
}

TEST(PollBuffer, CursorsAreAddedToEventsOfTheLogOnly) {
  PollBuffer buffer({}, true);
  buffer.set_cursor("c0");
  buffer.add_notice(event(R"({"hello":1})"));
  add(buffer, 1, 1);
  EXPECT_EQ(read(buffer, ""), R"([{"hello":1},{"n":1,"rigcursor":"c1"}])");
}

TEST(PollBuffer, AnAnswerCanBeginWithSomethingOfItsOwn) {
  PollBuffer buffer({}, false);
  add(buffer, 1, 2);
  EXPECT_EQ(buffer.read({"c1", 1}, event("0")).events, R"([0,{"n":2}])");
  EXPECT_EQ(buffer.read({"c2", 2}, event("0")).events, "[0]");
}

}  // namespace
}  // namespace rig::transport
