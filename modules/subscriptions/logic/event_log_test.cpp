#include "logic/event_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace rig::subscriptions {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

cloudevents::EventRef event(std::string type, std::string id, std::size_t bytes = 10) {
  cloudevents::Event::Parts parts;
  parts.type = std::move(type);
  parts.id = std::move(id);
  parts.json = std::string(bytes, 'x');
  return std::make_shared<const cloudevents::Event>(std::move(parts));
}

class EventLogTest : public ::testing::Test {
 protected:
  std::uint64_t append(const std::string& type, const std::string& id, std::size_t bytes = 10) {
    return log_.append(event(type, id, bytes), now_);
  }
  EventLog::Page read(const std::vector<std::string>& types, std::uint64_t after,
                      std::size_t events_max = 1000, std::size_t bytes_max = 1 << 20) {
    return log_.read(types, after, events_max, bytes_max);
  }
  static std::vector<std::string> ids(const EventLog::Page& page) {
    std::vector<std::string> all;
    for (const auto& event : page.events) all.push_back(event->id());
    return all;
  }

  EventLog log_{LogLimits{.events_per_type = 5,
                          .bytes_per_type = 100'000,
                          .bytes = 200'000,
                          .age = std::chrono::seconds(60)}};
  EventLog::Clock::time_point now_;
};

TEST_F(EventLogTest, GivesWhatCameAfterAPosition) {
  log_.start("a");
  append("a", "1");
  const auto after = append("a", "2");
  append("a", "3");
  append("a", "4");
  const auto page = read({"a"}, after);
  EXPECT_THAT(ids(page), ElementsAre("3", "4"));
  EXPECT_TRUE(page.is_complete);
  EXPECT_TRUE(page.is_last);
  EXPECT_EQ(page.upto, log_.position());
}

TEST_F(EventLogTest, MergesTypesInTheOrderOfArrival) {
  for (const char* type : {"a", "b", "c"}) log_.start(type);
  append("c", "1");
  append("a", "2");
  append("b", "3");
  append("a", "4");
  append("c", "5");
  EXPECT_THAT(ids(read({"c", "a"}, 0)), ElementsAre("1", "2", "4", "5"));
  EXPECT_THAT(ids(read({"a", "c"}, 1)), ElementsAre("2", "4", "5"));
}

TEST_F(EventLogTest, PagesFitTogether) {
  log_.start("a");
  log_.start("b");
  for (int i = 0; i < 4; ++i) {
    append("a", "a" + std::to_string(i));
    append("b", "b" + std::to_string(i));
    append("not kept", "x");
  }
  std::vector<std::string> all;
  std::uint64_t at = 0;
  for (bool is_last = false; !is_last;) {
    const auto page = read({"a", "b"}, at, 3);
    EXPECT_TRUE(page.is_complete);
    EXPECT_LE(page.events.size(), 3U);
    const auto part = ids(page);
    all.insert(all.end(), part.begin(), part.end());
    at = page.upto;
    is_last = page.is_last;
  }
  EXPECT_THAT(all, ElementsAre("a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"));
  EXPECT_EQ(at, log_.position());
}

TEST_F(EventLogTest, APageHasAtLeastOneEventHoweverLarge) {
  log_.start("a");
  append("a", "1", 500);
  append("a", "2", 500);
  const auto page = read({"a"}, 0, 10, 100);
  EXPECT_THAT(ids(page), ElementsAre("1"));
  EXPECT_FALSE(page.is_last);
}

TEST_F(EventLogTest, SaysWhenItDoesNotReachBack) {
  log_.start("a");
  for (int i = 1; i <= 6; ++i) append("a", std::to_string(i));
  EXPECT_FALSE(read({"a"}, 0).is_complete) << "the limit of five has cost the first event";
  EXPECT_TRUE(read({"a"}, 1).is_complete);
}

TEST_F(EventLogTest, IsCompleteForATypeWithoutEventsSinceItIsRecorded) {
  append("other", "1");
  log_.start("a");
  append("other", "2");
  EXPECT_TRUE(read({"a"}, 1).is_complete);
  EXPECT_FALSE(read({"a"}, 0).is_complete) << "nobody recorded it then";
  EXPECT_FALSE(read({"unheard of"}, 2).is_complete);
}

TEST_F(EventLogTest, APositionOfTheFutureIsNoPlace) {
  log_.start("a");
  EXPECT_FALSE(read({"a"}, 1).is_complete);
}

TEST_F(EventLogTest, ForgetsWhatIsOld) {
  log_.start("a");
  log_.start("b");
  append("a", "1");
  now_ += std::chrono::seconds(40);
  append("b", "2");
  append("a", "3");
  now_ += std::chrono::seconds(40);
  log_.expire(now_);
  EXPECT_THAT(ids(read({"a", "b"}, 0)), ElementsAre("2", "3"));
  EXPECT_TRUE(read({"b"}, 0).is_complete);
  EXPECT_FALSE(read({"a"}, 0).is_complete);
  now_ += std::chrono::seconds(40);
  log_.expire(now_);
  EXPECT_EQ(log_.events(), 0U);
  EXPECT_EQ(log_.bytes(), 0U);
}

TEST_F(EventLogTest, TheOldestGoesWhenAllTogetherAreTooMuch) {
  log_.start("a");
  log_.start("b");
  append("a", "1", 90'000);
  append("b", "2", 90'000);
  append("b", "3", 5'000);
  append("a", "4", 5'000);
  EXPECT_EQ(log_.events(), 4U);
  append("b", "5", 4'500);
  append("a", "6", 4'500);
  append("b", "7", 400);
  EXPECT_LE(log_.bytes(), 200'000U);
  EXPECT_THAT(ids(read({"a"}, 0)), ElementsAre("4", "6")) << "1 was the oldest of all";
}

TEST_F(EventLogTest, ATypeThatIsNoLongerRecordedHoldsNothing) {
  log_.start("a");
  append("a", "1");
  log_.stop("a");
  EXPECT_EQ(log_.events(), 0U);
  EXPECT_EQ(log_.bytes(), 0U);
  EXPECT_FALSE(log_.records("a"));
  append("a", "2");
  EXPECT_THAT(read({"a"}, 0).events, IsEmpty());
}

// Against the plainest of logs: everything in one list.
TEST(EventLogProperty, ReadsWhatAPlainListWouldGive) {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) {
    return std::uniform_int_distribution<unsigned>(0, n - 1)(random);
  };
  const std::vector<std::string> types{"a", "b", "c", "d"};
  const LogLimits limits{
      .events_per_type = 8, .bytes_per_type = 4000, .bytes = 8000, .age = std::chrono::seconds(30)};
  EventLog log(limits);
  struct Kept {
    std::uint64_t position;
    std::string type;
    std::string id;
  };
  std::vector<Kept> all;
  EventLog::Clock::time_point now;
  for (int step = 0; step < 3'000; ++step) {
    const auto& type = types[below(4)];
    switch (below(8)) {
      case 0: log.start(type); break;
      case 1:
        if (below(10) == 0) log.stop(type);
        break;
      case 2:
        now += std::chrono::seconds(below(4));
        log.expire(now);
        break;
      default: {
        const auto id = std::to_string(step);
        all.push_back({log.append(event(type, id, below(600)), now), type, id});
      }
    }
    const std::vector<std::string> asked(types.begin() + below(3), types.end());
    const std::uint64_t after = log.position() - std::min<std::uint64_t>(log.position(), below(30));
    std::vector<std::string> expected;
    for (const auto& kept : all) {
      if (kept.position > after && std::ranges::count(asked, kept.type) != 0)
        expected.push_back(kept.id);
    }
    std::vector<std::string> got;
    auto page = log.read(asked, after, 3, 700);
    const bool is_complete = page.is_complete;
    for (;; page = log.read(asked, page.upto, 3, 700)) {
      for (const auto& e : page.events) got.push_back(e->id());
      if (page.is_last) break;
    }
    if (is_complete) {
      ASSERT_EQ(got, expected) << "step " << step;
    } else {
      ASSERT_TRUE(std::ranges::includes(
          expected, got, {}, [](const auto& s) { return std::stoi(s); },
          [](const auto& s) { return std::stoi(s); }));
    }
    ASSERT_LE(log.bytes(), limits.bytes);
  }
}

class EarlyEventLogTest : public ::testing::Test {
 protected:
  using Clock = EventLog::Clock;
  static constexpr std::chrono::seconds kEarlyFor{10};
  static constexpr LogLimits kLimits{.events_per_type = 5};

  cloudevents::EventRef event_at(std::string type, std::string id, std::chrono::microseconds time) {
    cloudevents::Event::Parts parts;
    parts.type = std::move(type);
    parts.id = std::move(id);
    parts.json = "{}";
    return std::make_shared<const cloudevents::Event>(std::move(parts), start_ + time);
  }
  std::uint64_t append(const std::string& type, const std::string& id) {
    return log_.append(event_at(type, id, std::chrono::seconds(1)), start_);
  }
  std::uint64_t append_early(const std::string& type, const std::string& id, int microseconds) {
    return log_.append_early(event_at(type, id, std::chrono::microseconds(microseconds)), start_);
  }
  std::vector<std::string> read(const std::vector<std::string>& types, std::uint64_t after) {
    const auto page = log_.read(types, after, 100, 1 << 20);
    std::vector<std::string> all;
    for (const auto& event : page.events) all.push_back(event->id());
    if (!page.is_complete) all.insert(all.begin(), "gap");
    return all;
  }

  Clock::time_point start_ = Clock::time_point() + std::chrono::hours(3);
  EventLog log_{kLimits, start_, kEarlyFor};
};

TEST_F(EarlyEventLogTest, TheyAreInOrderOfTheirTimeAndBeforeAllOthers) {
  log_.start("a");
  log_.start("b");
  append("a", "live");
  append_early("a", "3", 300);
  append_early("b", "1", 100);
  append_early("a", "2", 200);
  EXPECT_THAT(read({"a", "b"}, 0), ElementsAre("1", "2", "3", "live"));
}

TEST_F(EarlyEventLogTest, ACursorOfALaterTimeGetsNone) {
  const auto here = log_.position();
  log_.start("a");
  append_early("a", "early", 100);
  append("a", "live");
  EXPECT_THAT(read({"a"}, here), ElementsAre("live"));
}

TEST_F(EarlyEventLogTest, WhoGotSomeGetsTheRest) {
  log_.start("a");
  const auto first = append_early("a", "1", 100);
  const auto second = append_early("a", "2", 100);  // at the same time
  append_early("b", "not kept", 100);
  EXPECT_LT(first, second);
  append_early("a", "3", 5);  // comes from another shard
  append("a", "live");
  EXPECT_THAT(read({"a"}, first), ElementsAre("2", "live"));
  EXPECT_THAT(read({"a"}, second), ElementsAre("live"));
  log_.start("b");
  EXPECT_THAT(read({"a", "b"}, first), ElementsAre("2", "live"));
  EXPECT_THAT(read({"a", "b"}, log_.position() - 1), ElementsAre("gap", "live"))
      << "b may have had events since then that are early";
}

TEST_F(EarlyEventLogTest, WhatIsGoneIsAGap) {
  log_.start("a");
  const auto first = append_early("a", "1", 100);
  const auto second = append_early("a", "2", 200);
  for (const char* id : {"3", "4", "5"}) append("a", id);
  EXPECT_THAT(read({"a"}, first), ElementsAre("2", "3", "4", "5"));
  append("a", "6");
  const auto last = append("a", "7");
  EXPECT_THAT(read({"a"}, first), ElementsAre("gap", "3", "4", "5", "6", "7"));
  EXPECT_THAT(read({"a"}, second), ElementsAre("3", "4", "5", "6", "7"));
  append("a", "8");
  EXPECT_THAT(read({"a"}, second), ElementsAre("gap", "4", "5", "6", "7", "8"));
  EXPECT_THAT(read({"a"}, last), ElementsAre("8"));
}

TEST_F(EarlyEventLogTest, AfterTheirTimeATypeHasNothingFromBeforeItsStart) {
  log_.start("a");
  const auto first = append_early("a", "1", 100);
  log_.end_early();
  log_.start("b");
  EXPECT_THAT(read({"a"}, first), IsEmpty());
  EXPECT_THAT(read({"a", "b"}, first), ElementsAre("gap"));
}

}  // namespace
}  // namespace rig::subscriptions
