#include "logic/state_mark.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace rig::cluster {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

BlacklistMark session(std::uint64_t version, bool is_lifted, int until) {
  return BlacklistMark({.session = "a",
                        .until = sys_seconds(seconds(until)),
                        .remembered_until = sys_seconds(seconds(until + 10)),
                        .version = version,
                        .is_lifted = is_lifted});
}

proxy::ApiEntry entry(std::uint64_t ref_number, int second, std::string definition) {
  return {.id = "a",
          .ref_number = ref_number,
          .timestamp = proxy::ApiEntry::Time(seconds(second)),
          .node = "n" + std::to_string(second),
          .change = "c" + std::to_string(second),
          .active = !definition.empty(),
          .definition = std::move(definition)};
}

ApiMark api(std::uint64_t ref_number, int second, std::string definition = "{}") {
  return ApiMark(entry(ref_number, second, std::move(definition)));
}

TEST(BlacklistMark, WhatIsBehindMayReplaceNothing) {
  EXPECT_TRUE(session(1, false, 5).is_behind(session(1, false, 6)));
  EXPECT_TRUE(session(1, true, 9).is_behind(session(1, false, 6))) << "cut off is the safe side";
  EXPECT_TRUE(session(1, false, 9).is_behind(session(2, true, 6)));
  EXPECT_FALSE(session(2, true, 6).is_behind(session(1, false, 9)));
  EXPECT_FALSE(session(1, false, 5).follows(session(1, false, 6)));
  EXPECT_TRUE(session(1, false, 6).follows(session(1, false, 6)));
  EXPECT_EQ(session(1, false, 6), session(1, false, 6));
}

TEST(BlacklistMark, ItEndsWhenNobodyHasToRememberIt) {
  EXPECT_EQ(session(1, false, 5).end(), sys_seconds(seconds(15)));
}

TEST(ApiMark, OnlyAFurtherChangeFollows) {
  EXPECT_TRUE(api(2, 1).follows(api(1, 9)));
  EXPECT_FALSE(api(2, 9).follows(api(2, 1))) << "somebody was first";
}

TEST(ApiMark, AFileThatTwoNodesReadIsTheSame) {
  EXPECT_EQ(api(0, 1), api(0, 2));
  EXPECT_FALSE(api(0, 1) == api(0, 2, R"({"x":1})"));
  EXPECT_FALSE(api(0, 1) == api(1, 1));
  EXPECT_FALSE(api(1, 1) == api(1, 1, "")) << "it was deleted";
  EXPECT_TRUE(api(0, 1).is_behind(api(0, 2)));
}

TEST(ApiMark, NeverEnds) { EXPECT_EQ(ApiMark::end(), std::nullopt); }

}  // namespace
}  // namespace rig::cluster
