#include "verifier.hpp"

#include <gtest/gtest.h>

namespace rig::bench {
namespace {

EventMark mark(std::uint32_t publisher, std::uint32_t key, std::uint32_t sequence) {
  EventMark result;
  result.publisher = publisher;
  result.key = key;
  result.sequence = sequence;
  return result;
}

TEST(Verifier, EventsInOrderAreRight) {
  Verifier verifier(1, 1);
  for (std::uint32_t sequence = 0; sequence < 100; ++sequence) {
    EXPECT_EQ(verifier.check(0, 7, mark(0, 7, sequence)), Verdict::kRight);
  }
}

TEST(Verifier, TheSameEventTwiceIsADuplicate) {
  Verifier verifier(1, 1);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 0)), Verdict::kRight);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 0)), Verdict::kDuplicate);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 1)), Verdict::kRight);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 0)), Verdict::kDuplicate);
}

TEST(Verifier, AnOvertakenEventIsReorderedOnceAndThenADuplicate) {
  Verifier verifier(1, 1);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 2)), Verdict::kRight);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 1)), Verdict::kReordered);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 1)), Verdict::kDuplicate);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 0)), Verdict::kReordered);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 3)), Verdict::kRight);
}

TEST(Verifier, AnEventOfAnotherKeyIsMisrouted) {
  Verifier verifier(1, 1);
  EXPECT_EQ(verifier.check(0, 1, mark(0, 2, 0)), Verdict::kMisrouted);
  EXPECT_EQ(verifier.check(0, 1, mark(0, 1, 0)), Verdict::kRight);
}

TEST(Verifier, AnEventOfAnUnknownPublisherIsMisrouted) {
  Verifier verifier(1, 2);
  EXPECT_EQ(verifier.check(0, 1, mark(2, 1, 0)), Verdict::kMisrouted);
}

TEST(Verifier, PublishersAndSubscribersAreCountedApart) {
  Verifier verifier(2, 2);
  EXPECT_EQ(verifier.check(0, 0, mark(0, 0, 0)), Verdict::kRight);
  EXPECT_EQ(verifier.check(0, 0, mark(1, 0, 1)), Verdict::kRight);
  EXPECT_EQ(verifier.check(1, 0, mark(0, 0, 0)), Verdict::kRight);
  EXPECT_EQ(verifier.check(1, 0, mark(1, 0, 0)), Verdict::kRight);
  EXPECT_EQ(verifier.check(0, 0, mark(1, 0, 0)), Verdict::kReordered);
}

TEST(Verifier, AClientThatReturnsIsOwedWhatCameAfterItsCursorAndNoMore) {
  Verifier verifier(2, 2, {5, 7});
  for (const std::size_t subscriber : {0U, 1U}) {
    EXPECT_EQ(verifier.check(subscriber, 0, mark(0, 0, 4)), Verdict::kDuplicate);
    EXPECT_EQ(verifier.check(subscriber, 0, mark(0, 0, 5)), Verdict::kRight);
    EXPECT_EQ(verifier.check(subscriber, 0, mark(1, 0, 7)), Verdict::kRight);
    EXPECT_EQ(verifier.check(subscriber, 0, mark(1, 0, 6)), Verdict::kDuplicate);
  }
}

}  // namespace
}  // namespace rig::bench
