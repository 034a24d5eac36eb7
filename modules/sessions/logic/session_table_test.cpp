#include "logic/session_table.hpp"

#include "logic/fake_member.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rig::sessions {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Count = SessionTable::Count;

std::vector<std::string> sessions_of(const std::vector<SessionTable::Seat>& seats) {
  std::vector<std::string> names;
  for (const auto& seat : seats) names.emplace_back(seat.session);
  std::ranges::sort(names);
  return names;
}

std::vector<const Member*> members_of(const std::vector<SessionTable::Seat>& seats) {
  std::vector<const Member*> members;
  for (const auto& seat : seats) members.push_back(seat.member);
  return members;
}

class SessionTableTest : public testing::Test {
 protected:
  ~SessionTableTest() override {
    for (auto& member : members_) table_.leave(member);
  }

  bool join(std::size_t member, std::string session, std::string user = "") {
    return table_.join(members_[member], {std::move(session), std::move(user)},
                       SessionTable::Time(seconds(member)));
  }

  SessionTable table_;
  std::array<FakeMember, 6> members_;
};

TEST_F(SessionTableTest, MembersAreFoundBySessionAndByUser) {
  EXPECT_TRUE(join(0, "a", "ann"));
  EXPECT_TRUE(join(1, "a", "bob"));
  EXPECT_TRUE(join(2, "b", "ann"));
  EXPECT_THAT(members_of(table_.of_session("a")), UnorderedElementsAre(&members_[0], &members_[1]));
  EXPECT_THAT(members_of(table_.of_user("ann")), UnorderedElementsAre(&members_[0], &members_[2]));
  EXPECT_THAT(table_.of_session("c"), IsEmpty());
  EXPECT_THAT(table_.of_user("c"), IsEmpty());
  const auto seat = table_.of_session("b").at(0);
  EXPECT_EQ(seat.user, "ann");
  EXPECT_EQ(seat.since, SessionTable::Time(seconds(2)));
}

TEST_F(SessionTableTest, JoiningTwiceIsJoiningOnce) {
  EXPECT_TRUE(join(0, "a", "ann"));
  EXPECT_TRUE(join(0, "a", "ann"));
  EXPECT_EQ(table_.of_session("a").size(), 1U);
  EXPECT_EQ(table_.of_user("ann").size(), 1U);
}

TEST_F(SessionTableTest, WhoHasNoNameIsInNobodysList) {
  EXPECT_TRUE(join(0, "a"));
  EXPECT_THAT(table_.of_user(""), IsEmpty());
  EXPECT_EQ(table_.of_session("a").at(0).user, "");
}

TEST_F(SessionTableTest, LeavingIsLeavingAllSessions) {
  EXPECT_TRUE(join(0, "a", "ann"));
  EXPECT_TRUE(join(0, "b", "ann"));
  EXPECT_TRUE(join(1, "a", "ann"));
  EXPECT_EQ(table_.sessions(), 2U);
  table_.leave(members_[0]);
  EXPECT_EQ(table_.sessions(), 1U);
  EXPECT_THAT(members_of(table_.of_user("ann")), ElementsAre(&members_[1]));
  table_.leave(members_[0]);
  table_.leave(members_[1]);
  EXPECT_EQ(table_.sessions(), 0U);
  EXPECT_THAT(table_.of_user("ann"), IsEmpty());
}

TEST_F(SessionTableTest, SessionsOfAMemberAreBounded) {
  for (std::size_t i = 0; i < kSessionsOfMemberMax; ++i)
    EXPECT_TRUE(join(0, "s" + std::to_string(i)));
  EXPECT_FALSE(join(0, "more"));
  EXPECT_TRUE(join(0, "s0"));
  EXPECT_THAT(table_.of_session("more"), IsEmpty());
}

TEST_F(SessionTableTest, DismissedMembersAreInTheSessionNoLonger) {
  EXPECT_TRUE(join(0, "a", "ann"));
  EXPECT_TRUE(join(1, "a", "ann"));
  EXPECT_TRUE(join(0, "b", "ann"));
  auto dismissed = table_.dismiss("a");
  EXPECT_EQ(dismissed.session(), "a");
  EXPECT_THAT(table_.of_session("a"), IsEmpty());
  EXPECT_THAT(sessions_of(table_.of_user("ann")), ElementsAre("b"));
  EXPECT_THAT((std::array{dismissed.next(), dismissed.next()}),
              UnorderedElementsAre(&members_[0], &members_[1]));
  EXPECT_EQ(dismissed.next(), nullptr);
  EXPECT_THAT(sessions_of(table_.of_user("ann")), ElementsAre("b"));
}

TEST_F(SessionTableTest, WhoLeavesWhileOthersAreToldNeedsNotBeTold) {
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(join(i, "a", "ann"));
  auto dismissed = table_.dismiss("a");
  Member* first = dismissed.next();
  for (std::size_t i = 0; i < 3; ++i) table_.leave(members_[i]);
  Member* second = dismissed.next();
  const bool has_told_the_last = first == &members_[3] || second == &members_[3];
  EXPECT_TRUE(has_told_the_last);
  EXPECT_EQ(dismissed.next(), nullptr);
}

TEST_F(SessionTableTest, NewSessionOfThatNameIsAnother) {
  EXPECT_TRUE(join(0, "a"));
  {
    auto dismissed = table_.dismiss("a");
    EXPECT_TRUE(join(0, "a"));
    EXPECT_TRUE(join(1, "a"));
    EXPECT_EQ(dismissed.next(), &members_[0]);
    EXPECT_EQ(dismissed.next(), nullptr);
  }
  EXPECT_THAT(members_of(table_.of_session("a")), UnorderedElementsAre(&members_[0], &members_[1]));
}

TEST_F(SessionTableTest, NobodyStaysBehindIfNobodyAsksForTheRest) {
  EXPECT_TRUE(join(0, "a", "ann"));
  {
    auto dismissed = table_.dismiss("a");
  }
  EXPECT_THAT(table_.of_user("ann"), IsEmpty());
  {
    auto nobody = table_.dismiss("a");
  }
}

TEST_F(SessionTableTest, CountsGoOneSessionBeyondThePage) {
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(join(i, "a"));
  EXPECT_TRUE(join(3, "b"));
  EXPECT_TRUE(join(4, "c"));
  EXPECT_TRUE(join(5, "d"));
  EXPECT_THAT(table_.after("", 2), ElementsAre(Count{"a", 3}, Count{"b", 1}));
  EXPECT_THAT(table_.after("a", 1), ElementsAre(Count{"b", 1}, Count{"c", 1}, Count{"d", 1}));
  EXPECT_THAT(table_.after("d", 10), IsEmpty());
  EXPECT_THAT(sessions_of(table_.between("a", "c")), ElementsAre("b", "c"));
}

// Against a plain list of pairs, over random steps.
TEST_F(SessionTableTest, AgreesWithAListOfPairs) {
  std::mt19937 random(1);
  std::set<std::pair<std::size_t, std::string>> in;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t member = random() % members_.size();
    const std::string session(1, static_cast<char>('a' + random() % 4));
    const auto of_member = [&](const auto& pair) { return pair.first == member; };
    switch (random() % 8) {
      case 0:
        table_.leave(members_[member]);
        std::erase_if(in, of_member);
        break;
      case 1: {
        auto dismissed = table_.dismiss(session);
        while (dismissed.next() != nullptr) {
        }
        std::erase_if(in, [&](const auto& pair) { return pair.second == session; });
        break;
      }
      default:
        EXPECT_TRUE(join(member, session, "user " + std::to_string(member % 2)));
        in.emplace(member, session);
    }
    for (const char* user : {"user 0", "user 1"}) {
      std::vector<std::string> expected;
      for (const auto& [of, name] : in)
        if (user == "user " + std::to_string(of % 2)) expected.push_back(name);
      std::ranges::sort(expected);
      ASSERT_EQ(sessions_of(table_.of_user(user)), expected) << step;
    }
    std::vector<std::string> expected;
    for (const auto& pair : in) expected.push_back(pair.second);
    std::ranges::sort(expected);
    ASSERT_EQ(sessions_of(table_.between("", "z")), expected) << step;
  }
}

}  // namespace
}  // namespace rig::sessions
