#include "logic/answer_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::access {
namespace {

using std::chrono::seconds;

AnswerCache::Key key(std::string_view a, std::string_view b) {
  const std::array parts{a, b};
  return AnswerCache::key_of(parts);
}

TEST(AnswerCache, PartsAreNotMixedUp) {
  EXPECT_EQ(key("a", "bc"), key("a", "bc"));
  EXPECT_NE(key("a", "bc"), key("ab", "c"));
  EXPECT_NE(key("", "abc"), key("abc", ""));
}

TEST(AnswerCache, KeepsAnAnswerForAWhile) {
  AnswerCache cache(10);
  const AnswerCache::Time now{seconds(100)};
  EXPECT_EQ(cache.find(key("a", ""), now), std::nullopt);
  cache.keep(key("a", ""), 403, now + seconds(5));
  EXPECT_EQ(cache.find(key("a", ""), now + seconds(4)), 403);
  EXPECT_EQ(cache.find(key("a", ""), now + seconds(5)), std::nullopt);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(AnswerCache, TheLastAnswerHolds) {
  AnswerCache cache(10);
  const AnswerCache::Time now{seconds(100)};
  cache.keep(key("a", ""), 403, now + seconds(5));
  cache.keep(key("a", ""), 204, now + seconds(9));
  EXPECT_EQ(cache.find(key("a", ""), now + seconds(8)), 204);
}

TEST(AnswerCache, WhatWasNotUsedMakesRoom) {
  AnswerCache cache(2);
  const AnswerCache::Time now{seconds(100)};
  cache.keep(key("a", ""), 201, now + seconds(5));
  cache.keep(key("b", ""), 202, now + seconds(5));
  EXPECT_EQ(cache.find(key("a", ""), now), 201);
  cache.keep(key("c", ""), 203, now + seconds(5));
  EXPECT_EQ(cache.find(key("b", ""), now), std::nullopt);
  EXPECT_EQ(cache.find(key("a", ""), now), 201);
  EXPECT_EQ(cache.find(key("c", ""), now), 203);
}

TEST(AnswerCache, OfNoSizeKeepsNothing) {
  AnswerCache cache(0);
  const AnswerCache::Time now{seconds(100)};
  cache.keep(key("a", ""), 200, now + seconds(5));
  EXPECT_EQ(cache.find(key("a", ""), now), std::nullopt);
}

}  // namespace
}  // namespace rig::access
