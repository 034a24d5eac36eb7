#include "logic/interest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = InterestMessage::Kind;

InterestMessage message(Kind kind, std::vector<std::string> types) {
  return {kind, std::make_shared<const std::vector<std::string>>(std::move(types))};
}

/// Shard 1 of 3, alone: what it posts is noted as "to kind types".
class InterestTest : public testing::Test, public InterestPostman {
 protected:
  void post(ShardId to, InterestMessage message) override {
    std::string text = std::to_string(to);
    text += message.kind == Kind::kWant    ? " want"
            : message.kind == Kind::kNoted ? " noted"
                                           : " drop";
    for (const auto& type : *message.types) text += " " + type;
    posted_.push_back(std::move(text));
  }
  std::vector<std::string> posted() { return std::exchange(posted_, {}); }

  std::size_t hold(std::vector<std::string_view> types, Interest::Ticket ticket = 0) {
    return interest_.hold(types, ticket);
  }
  std::vector<Interest::Ticket> receive(ShardId from, Kind kind, std::vector<std::string> types) {
    std::vector<Interest::Ticket> noted;
    interest_.receive(from, message(kind, std::move(types)), noted);
    return noted;
  }
  void establish(const std::string& type) {
    hold({type});
    receive(0, Kind::kNoted, {type});
    receive(2, Kind::kNoted, {type});
    posted();
  }
  [[nodiscard]] std::string wanted_by(std::string_view type) const {
    const ShardSet* shards = interest_.wanted_by(type);
    if (shards == nullptr) return "nobody";
    std::string text;
    for (std::size_t i = 0; i < 3; ++i) text += shards->test(i) ? std::to_string(i) : "";
    return text;
  }

  std::vector<std::string> posted_;
  Interest interest_{1, 3, *this};
};

TEST_F(InterestTest, FirstUserTellsAllOthersInOneMessageEach) {
  EXPECT_EQ(hold({"a", "b"}), 2U);
  EXPECT_THAT(posted(), ElementsAre("0 want a b", "2 want a b"));
  EXPECT_EQ(wanted_by("a"), "1");
}

TEST_F(InterestTest, TicketIsNamedWhenTheLastAnswerIsIn) {
  hold({"a"}, 7);
  EXPECT_THAT(receive(2, Kind::kNoted, {"a"}), IsEmpty());
  EXPECT_THAT(receive(0, Kind::kNoted, {"a"}), ElementsAre(7));
  EXPECT_EQ(hold({"a"}, 8), 0U);
}

TEST_F(InterestTest, LaterUsersWaitForTheSameAnswers) {
  hold({"a"}, 7);
  posted();
  EXPECT_EQ(hold({"a"}, 8), 1U);
  EXPECT_THAT(posted(), IsEmpty());
  receive(0, Kind::kNoted, {"a"});
  EXPECT_THAT(receive(2, Kind::kNoted, {"a"}), ElementsAre(7, 8));
}

TEST_F(InterestTest, TicketIsNamedOnceForEachTypeThatWasUnanswered) {
  establish("c");
  hold({"a"}, 6);
  EXPECT_EQ(hold({"a", "b", "c"}, 7), 2U);
  EXPECT_THAT(posted(), ElementsAre("0 want a", "2 want a", "0 want b", "2 want b"));
  receive(0, Kind::kNoted, {"a"});
  receive(0, Kind::kNoted, {"b"});
  EXPECT_THAT(receive(2, Kind::kNoted, {"a"}), ElementsAre(6, 7));
  EXPECT_THAT(receive(2, Kind::kNoted, {"b"}), ElementsAre(7));
}

TEST_F(InterestTest, WantOfAnotherShardIsNotedAndAnsweredAsOne) {
  receive(2, Kind::kWant, {"a", "b"});
  EXPECT_THAT(posted(), ElementsAre("2 noted a b"));
  EXPECT_EQ(wanted_by("a"), "2");
  receive(0, Kind::kWant, {"a"});
  EXPECT_EQ(wanted_by("a"), "02");
  EXPECT_EQ(wanted_by("b"), "2");
}

TEST_F(InterestTest, DropOfTheLastShardLeavesNoMemory) {
  receive(2, Kind::kWant, {"a"});
  receive(0, Kind::kWant, {"a"});
  receive(2, Kind::kDrop, {"a"});
  EXPECT_EQ(wanted_by("a"), "0");
  receive(0, Kind::kDrop, {"a"});
  EXPECT_EQ(wanted_by("a"), "nobody");
  EXPECT_EQ(interest_.types(), 0U);
}

TEST_F(InterestTest, UnusedTypeIsDroppedAfterOneWholeInterval) {
  establish("a");
  interest_.release("a");
  EXPECT_TRUE(interest_.has_idle());
  interest_.sweep();
  EXPECT_THAT(posted(), IsEmpty());
  EXPECT_EQ(wanted_by("a"), "1");
  interest_.sweep();
  EXPECT_THAT(posted(), ElementsAre("0 drop a", "2 drop a"));
  EXPECT_EQ(interest_.types(), 0U);
  EXPECT_FALSE(interest_.has_idle());
}

TEST_F(InterestTest, ComingAndGoingWithinTheGraceCausesNoMessage) {
  establish("a");
  for (int i = 0; i < 10; ++i) {
    interest_.release("a");
    interest_.sweep();
    EXPECT_EQ(hold({"a"}), 0U);
  }
  interest_.sweep();
  interest_.sweep();
  EXPECT_THAT(posted(), IsEmpty());
  EXPECT_FALSE(interest_.has_idle());
}

TEST_F(InterestTest, GraceBeginsAnewWithTheLastUser) {
  establish("a");
  interest_.release("a");
  interest_.sweep();
  hold({"a"});
  interest_.release("a");
  interest_.sweep();
  EXPECT_THAT(posted(), IsEmpty());
  interest_.sweep();
  EXPECT_THAT(posted(), ElementsAre("0 drop a", "2 drop a"));
}

TEST_F(InterestTest, TypeIsNotDroppedBeforeItsAnswersAreIn) {
  hold({"a"}, 7);
  posted();
  interest_.release("a");
  receive(0, Kind::kNoted, {"a"});
  for (int i = 0; i < 5; ++i) interest_.sweep();
  EXPECT_THAT(posted(), IsEmpty());
  receive(2, Kind::kNoted, {"a"});
  interest_.sweep();
  EXPECT_THAT(posted(), ElementsAre("0 drop a", "2 drop a"));
  EXPECT_EQ(interest_.types(), 0U);
}

TEST_F(InterestTest, DroppedTypeStaysIfOthersWantIt) {
  establish("a");
  receive(2, Kind::kWant, {"a"});
  interest_.release("a");
  interest_.sweep();
  interest_.sweep();
  EXPECT_EQ(wanted_by("a"), "2");
}

TEST_F(InterestTest, WantedAgainAfterADropIsAskedForAgain) {
  establish("a");
  interest_.release("a");
  interest_.sweep();
  interest_.sweep();
  posted();
  EXPECT_EQ(hold({"a"}, 9), 1U);
  EXPECT_THAT(posted(), ElementsAre("0 want a", "2 want a"));
  receive(0, Kind::kNoted, {"a"});
  EXPECT_THAT(receive(2, Kind::kNoted, {"a"}), ElementsAre(9));
}

TEST_F(InterestTest, EveryUserCounts) {
  establish("a");
  interest_.hold("a");
  hold({"a"});
  interest_.release("a");
  interest_.release("a");
  EXPECT_FALSE(interest_.has_idle());
  interest_.release("a");
  EXPECT_TRUE(interest_.has_idle());
}

TEST(InterestOfOneShard, NeedsNobodyElse) {
  struct Nobody final : InterestPostman {
    void post(ShardId, InterestMessage) override { ADD_FAILURE(); }
  } nobody;
  Interest interest(0, 1, nobody);
  const std::vector<std::string_view> types{"a", "b"};
  EXPECT_EQ(interest.hold(types, 1), 0U);
  EXPECT_TRUE(interest.wanted_by("a")->test(0));
  interest.release("a");
  interest.release("b");
  interest.sweep();
  interest.sweep();
  EXPECT_EQ(interest.types(), 0U);
}

}  // namespace
}  // namespace rig::subscriptions
