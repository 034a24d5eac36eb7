#include "logic/replays.hpp"

#include "logic/test_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace rig::subscriptions {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t kLog = 7;
constexpr std::size_t kMax = 2;

/// Pages of one event each, whose id says whom it is for and the how manieth it is.
class ReplaysTest : public ::testing::Test {
 public:
  ~ReplaysTest() override {
    for (auto& subscriber : subscribers_) replays_.remove(subscriber);
  }

 protected:
  void begin(TestSubscriber& subscriber) {
    replays_.add(subscriber, {subscribe("t")}, Cursor{kLog, 0, 0}.text());
    replays_.begin(subscriber, 0);
    ask();
  }
  void next(TestSubscriber& subscriber) {
    replays_.next(subscriber);
    ask();
  }
  /// What the shard does after each call.
  void ask() {
    while (auto request = replays_.take()) asked_.push_back(*std::move(request));
  }
  /// Answers the first question of which the log knows.
  Replays::Finished answer(bool is_last = false) {
    const PageRequest request = std::move(asked_.front());
    asked_.pop_front();
    std::size_t delivered = 0;
    const auto finished = replays_.receive(request,
                                           {.events = {make_event("t", "e")},
                                            .upto = request.after + 1,
                                            .is_last = is_last,
                                            .is_complete = true},
                                           delivered);
    ask();
    return finished;
  }
  /// Who is asked for, by place in `subscribers_`.
  std::vector<std::ptrdiff_t> asked() const {
    std::vector<std::ptrdiff_t> all;
    for (const auto& request : asked_) all.push_back(index_of(request));
    return all;
  }
  std::ptrdiff_t index_of(const PageRequest& request) const {
    return static_cast<TestSubscriber*>(request.subscriber) - subscribers_.data();
  }

  std::array<TestSubscriber, 5> subscribers_;
  TestSubscriber& a_ = subscribers_[0];
  TestSubscriber& b_ = subscribers_[1];
  TestSubscriber& c_ = subscribers_[2];
  TestSubscriber& d_ = subscribers_[3];
  Replays replays_{kLog, kMax};
  std::deque<PageRequest> asked_;
};

TEST_F(ReplaysTest, SoManyPagesAreUnderWayAndTheOthersWait) {
  for (auto& subscriber : subscribers_) begin(subscriber);
  EXPECT_THAT(asked(), ElementsAre(0, 1));
  EXPECT_EQ(replays_.waiting(), 3U);
  answer();
  EXPECT_THAT(asked(), ElementsAre(1, 2));
  EXPECT_THAT(a_.events, ElementsAre("e"));
  EXPECT_THAT(b_.events, IsEmpty());
}

TEST_F(ReplaysTest, WhoWantsMoreComesBehindWhoWaits) {
  for (auto* subscriber : {&a_, &b_, &c_, &d_}) begin(*subscriber);
  answer();
  next(a_);
  answer();
  next(b_);
  EXPECT_THAT(asked(), ElementsAre(2, 3));
  answer();
  EXPECT_THAT(asked(), ElementsAre(3, 0));
  answer();
  EXPECT_THAT(asked(), ElementsAre(0, 1));
  EXPECT_EQ(asked_.front().after, 1U) << "it goes on where it was";
}

TEST_F(ReplaysTest, WhoAsksWhilePagesAreDeliveredComesBehindToo) {
  a_.on_page = [this](bool) { next(a_); };
  for (auto* subscriber : {&a_, &b_, &c_}) begin(*subscriber);
  answer();
  EXPECT_THAT(asked(), ElementsAre(1, 2));
  EXPECT_EQ(replays_.waiting(), 1U);
}

TEST_F(ReplaysTest, WhoWaitsOrIsAskedForHasOnePlace) {
  for (auto* subscriber : {&a_, &b_, &c_}) begin(*subscriber);
  next(a_);
  next(c_);
  EXPECT_EQ(replays_.waiting(), 1U);
  answer();
  EXPECT_THAT(asked(), ElementsAre(1, 2));
  EXPECT_EQ(replays_.waiting(), 0U);
}

TEST_F(ReplaysTest, WhoTakesItsTimeKeepsNobodyWaiting) {
  for (auto* subscriber : {&a_, &b_, &c_, &d_}) begin(*subscriber);
  answer();
  answer();
  EXPECT_THAT(asked(), ElementsAre(2, 3)) << "neither of the first two asked for more";
}

TEST_F(ReplaysTest, WhoGoesLosesItsPlace) {
  for (auto* subscriber : {&a_, &b_, &c_, &d_}) begin(*subscriber);
  EXPECT_TRUE(replays_.remove(c_));
  EXPECT_EQ(replays_.waiting(), 1U);
  answer();
  EXPECT_THAT(asked(), ElementsAre(1, 3));
  next(c_);
  EXPECT_EQ(replays_.waiting(), 0U);
}

TEST_F(ReplaysTest, APageForNobodyMakesRoom) {
  for (auto* subscriber : {&a_, &b_, &c_}) begin(*subscriber);
  replays_.remove(a_);
  ask();
  EXPECT_THAT(asked(), ElementsAre(0, 1)) << "the log reads it all the same";
  EXPECT_EQ(answer().subscriber, nullptr);
  EXPECT_THAT(a_.events, IsEmpty());
  EXPECT_THAT(asked(), ElementsAre(1, 2));
}

TEST_F(ReplaysTest, WhoComesBackAgainIsAnotherOne) {
  for (auto* subscriber : {&a_, &b_, &c_}) begin(*subscriber);
  for (auto* subscriber : {&a_, &c_}) {
    replays_.remove(*subscriber);
    begin(*subscriber);
  }
  EXPECT_EQ(replays_.waiting(), 2U);
  answer();
  EXPECT_THAT(a_.events, IsEmpty()) << "the page was the other's";
  EXPECT_THAT(asked(), ElementsAre(1, 0));
  answer();
  answer();
  EXPECT_THAT(a_.events, ElementsAre("e"));
  EXPECT_THAT(asked(), ElementsAre(2));
}

TEST_F(ReplaysTest, ASetThatComesWhileItsClientWaitsFollowsTheReplay) {
  for (auto* subscriber : {&a_, &b_, &c_}) begin(*subscriber);
  SubscriptionList list{subscribe("u")};
  EXPECT_TRUE(replays_.defer(c_, list));
  EXPECT_EQ(replays_.waiting(), 1U);
  answer();
  answer();
  const auto finished = answer(true);
  EXPECT_EQ(finished.subscriber, &c_);
  EXPECT_THAT(c_.events, ElementsAre("e")) << "of the set before";
  ASSERT_TRUE(finished.next.has_value());
  EXPECT_EQ(finished.next->front().event_type, "u");
}

TEST_F(ReplaysTest, NoPageBeforeTheSubscriptionsAreInForce) {
  replays_.add(a_, {subscribe("t")}, "");
  next(a_);
  EXPECT_THAT(asked(), IsEmpty());
  replays_.begin(a_, 5);
  ask();
  EXPECT_THAT(asked(), ElementsAre(0));
  EXPECT_EQ(asked_.front().after, 5U) << "it has no cursor";
}

TEST(Replays, EverybodyGetsItsPagesWhoeverComesAndGoes) {
  constexpr std::size_t kPages = 5;
  constexpr std::size_t kUnderWayMax = 3;
  std::minstd_rand random(1);
  std::vector<TestSubscriber> all(40);
  Replays replays(kLog, kUnderWayMax);
  std::deque<PageRequest> under_way;
  const auto begin = [&](TestSubscriber& subscriber) {
    subscriber.take();
    replays.add(subscriber, {subscribe("t")}, Cursor{kLog, 0, 0}.text());
    replays.begin(subscriber, 0);
  };
  for (auto& subscriber : all) {
    subscriber.on_page = [&](bool is_last) {
      if (!is_last && random() % 2 == 0) replays.next(subscriber);
    };
    begin(subscriber);
  }
  std::size_t steps = 0;
  for (; replays.size() != 0 && steps < 10'000; ++steps) {
    while (auto request = replays.take()) under_way.push_back(*std::move(request));
    ASSERT_LE(under_way.size(), kUnderWayMax);
    if (auto& subscriber = all[random() % all.size()]; steps < 1000 && random() % 8 == 0) {
      if (replays.remove(subscriber) || random() % 2 == 0) begin(subscriber);
    }
    for (auto& subscriber : all) replays.next(subscriber);
    if (under_way.empty()) continue;
    const PageRequest request = std::move(under_way.front());
    under_way.pop_front();
    const auto number = request.after + 1;
    std::size_t delivered = 0;
    replays.receive(request,
                    {.events = {make_event("t", std::to_string(number))},
                     .upto = number,
                     .is_last = number == kPages,
                     .is_complete = true},
                    delivered);
  }
  EXPECT_EQ(replays.size(), 0U);
  EXPECT_EQ(replays.waiting(), 0U);
  for (const auto& subscriber : all)
    EXPECT_THAT(subscriber.events, ElementsAre("1", "2", "3", "4", "5"));
}

}  // namespace
}  // namespace rig::subscriptions
