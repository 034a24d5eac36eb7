#include "logic/member_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace rig::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using Heard = MemberTable::Heard;
using std::chrono::seconds;

MemberTable::Time at(int second) { return MemberTable::Time(seconds(second)); }

Member node(std::string id, std::string_view state = Member::kServing) {
  Member member;
  member.id = std::move(id);
  member.state = state;
  return member;
}

auto is(const std::string& id) { return Field(&Member::id, id); }

TEST(MemberTable, ANodeComesIsHeardOfAndGoes) {
  MemberTable table;
  EXPECT_EQ(table.hear(node("b", Member::kJoining), at(0)), Heard::kJoined);
  EXPECT_EQ(table.hear(node("a"), at(1)), Heard::kJoined);
  EXPECT_EQ(table.hear(node("b"), at(2)), Heard::kNews);
  EXPECT_THAT(table.list(), ElementsAre(is("a"), is("b")));
  EXPECT_EQ(table.list()[1].state, Member::kServing) << "its last word";
  EXPECT_EQ(table.hear(node("b", Member::kGone), at(2)), Heard::kLeft);
  EXPECT_FALSE(table.contains("b"));
  EXPECT_EQ(table.hear(node("b", Member::kGone), at(2)), Heard::kNothing);
  EXPECT_THAT(table.list(), ElementsAre(is("a")));
}

TEST(MemberTable, WhoIsSilentIsGone) {
  MemberTable table;
  table.hear(node("a"), at(0));
  table.hear(node("b"), at(0));
  table.hear(node("b"), at(4));
  EXPECT_THAT(table.expire(at(6)), IsEmpty());
  EXPECT_THAT(table.expire(at(7)), ElementsAre(is("a")));
  EXPECT_TRUE(table.contains("b"));
  EXPECT_THAT(table.expire(at(11)), ElementsAre(is("b")));
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.hear(node("a"), at(12)), Heard::kJoined) << "it comes back";
}

TEST(MemberTable, HasABound) {
  MemberTable table;
  for (std::size_t i = 0; i < MemberTable::kNodesMax; ++i)
    ASSERT_EQ(table.hear(node(std::to_string(i)), at(0)), Heard::kJoined);
  EXPECT_EQ(table.hear(node("more"), at(1)), Heard::kTooMany);
  EXPECT_EQ(table.hear(node("7"), at(1)), Heard::kNews) << "those that are in stay";
  table.hear(node("7", Member::kGone), at(1));
  EXPECT_EQ(table.hear(node("more"), at(2)), Heard::kJoined) << "there is room again";
}

}  // namespace
}  // namespace rig::cluster
