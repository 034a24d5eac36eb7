#include "id_check.hpp"

#include <gtest/gtest.h>

namespace rig::bench {
namespace {

EventMark event(std::uint32_t sequence) {
  EventMark mark;
  mark.sequence = sequence;
  return mark;
}

TEST(IdCheck, TheSameEventHasTheSameIdOnAllConnections) {
  IdCheck ids;
  IdCheck::Last first = 0;
  IdCheck::Last second = 0;
  EXPECT_TRUE(ids.check(event(0), "a", first));
  EXPECT_TRUE(ids.check(event(1), "b", first));
  EXPECT_TRUE(ids.check(event(0), "a", second));
  EXPECT_TRUE(ids.check(event(1), "b", second));
  EXPECT_TRUE(ids.check(event(2), "c", first));
  EXPECT_FALSE(ids.check(event(2), "d", second));
}

TEST(IdCheck, AnIdOfAnotherEventIsWrong) {
  IdCheck ids;
  IdCheck::Last last = 0;
  EXPECT_TRUE(ids.check(event(0), "a", last));
  EXPECT_TRUE(ids.check(event(1), "b", last));
  EXPECT_FALSE(ids.check(event(2), "a", last));
}

TEST(IdCheck, AnIdThatComesTwiceInARowIsWrong) {
  IdCheck ids;
  IdCheck::Last last = 0;
  IdCheck::note("a", last);
  EXPECT_FALSE(ids.check(event(0), "a", last)) << "the welcome had it";
  EXPECT_FALSE(ids.check(event(0), "a", last)) << "the event itself had it";
  IdCheck::Last other = 0;
  EXPECT_TRUE(ids.check(event(0), "a", other));
}

TEST(IdCheck, AServerEventWithoutAnIdChangesNothing) {
  IdCheck ids;
  IdCheck::Last last = 0;
  EXPECT_TRUE(ids.check(event(0), "a", last));
  IdCheck::note("", last);
  EXPECT_FALSE(ids.check(event(1), "a", last));
}

}  // namespace
}  // namespace rig::bench
