#include "logic/index.hpp"

#include "logic/test_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;
using testing::ElementsAre;
using testing::IsEmpty;

/// A number, as a field has it.
FieldValue number(std::int64_t value) { return FieldValue(value); }

/// One subscriber and the rules of `events.md` 7 about when it gets an event of type "t".
class MatchTest : public testing::Test {
 public:
  ~MatchTest() override { index_.remove(subscriber_); }

 protected:
  void have(std::vector<Clause> clauses) {
    index_.remove(subscriber_);
    index_.add(subscriber_, subscribe("t", std::move(clauses)));
  }
  std::size_t deliveries(std::vector<FieldValue> fields, const std::string& type = "t") {
    const auto matched = match_one(index_, make_event(type, "1", std::move(fields)));
    const auto delivered = subscriber_.take().size();
    EXPECT_EQ(matched.deliveries, delivered);
    return delivered;
  }

  TestSubscriber subscriber_;
  Index index_;
};

TEST_F(MatchTest, TypeIsComparedExactly) {
  have({Clause{}});
  EXPECT_EQ(deliveries({}, "t"), 1U);
  for (const auto* type : {"T", "t.", "tt", "", "*"}) EXPECT_EQ(deliveries({}, type), 0U);
}

TEST_F(MatchTest, EmptyClauseMatchesWhateverTheFieldsAre) {
  have({Clause{}});
  EXPECT_EQ(deliveries({}), 1U);
  EXPECT_EQ(deliveries({FieldValue(), FieldValue("x")}), 1U);
}

TEST_F(MatchTest, TypesOfValuesDiffer) {
  have({Clause{{{0, FieldValue("30")}}}});
  EXPECT_EQ(deliveries({FieldValue("30")}), 1U);
  EXPECT_EQ(deliveries({number(30)}), 0U);
  have({Clause{{{0, FieldValue("true")}}}});
  EXPECT_EQ(deliveries({FieldValue(true)}), 0U);
}

TEST_F(MatchTest, EqualNumbersMatchInAnyForm) {
  have({Clause{{{0, number(30)}}}});
  EXPECT_EQ(deliveries({FieldValue(30.0)}), 1U);
  EXPECT_EQ(deliveries({FieldValue(std::uint64_t{30})}), 1U);
  EXPECT_EQ(deliveries({FieldValue(30.5)}), 0U);
}

TEST_F(MatchTest, BooleansMatch) {
  have({Clause{{{0, FieldValue(true)}}}});
  EXPECT_EQ(deliveries({FieldValue(true)}), 1U);
  EXPECT_EQ(deliveries({FieldValue(false)}), 0U);
}

// Quirk Q2: an event without the field is an event like any other.
TEST_F(MatchTest, NothingSatisfiesNoConstraint) {
  have({Clause{{{0, FieldValue("x")}}}});
  EXPECT_EQ(deliveries({FieldValue()}), 0U);
  EXPECT_EQ(deliveries({}), 0U);
  EXPECT_EQ(deliveries({FieldValue("x")}), 1U);
}

TEST_F(MatchTest, AllFieldsOfAClauseMustMatch) {
  have({Clause{{{0, FieldValue("EU")}, {2, FieldValue(true)}}}});
  EXPECT_EQ(deliveries({FieldValue("EU"), FieldValue(), FieldValue(true)}), 1U);
  EXPECT_EQ(deliveries({FieldValue("EU"), FieldValue("any"), FieldValue(true)}), 1U);
  EXPECT_EQ(deliveries({FieldValue("EU"), FieldValue("any"), FieldValue(false)}), 0U);
  EXPECT_EQ(deliveries({FieldValue("US"), FieldValue("any"), FieldValue(true)}), 0U);
  EXPECT_EQ(deliveries({FieldValue("EU"), FieldValue("any")}), 0U);
}

TEST_F(MatchTest, AnyClauseIsEnough) {
  have({Clause{{{0, FieldValue("EU")}}}, Clause{{{0, FieldValue("US")}}},
        Clause{{{1, FieldValue("alice")}}}});
  EXPECT_EQ(deliveries({FieldValue("EU")}), 1U);
  EXPECT_EQ(deliveries({FieldValue("US")}), 1U);
  EXPECT_EQ(deliveries({FieldValue("XX"), FieldValue("alice")}), 1U);
  EXPECT_EQ(deliveries({FieldValue("XX"), FieldValue("bob")}), 0U);
}

TEST_F(MatchTest, SameValuesOfOtherFieldsDoNotMatch) {
  have({Clause{{{0, FieldValue("a")}, {1, FieldValue("b")}}}});
  EXPECT_EQ(deliveries({FieldValue("b"), FieldValue("a")}), 0U);
  EXPECT_EQ(deliveries({FieldValue(), FieldValue("a"), FieldValue("b")}), 0U);
}

TEST_F(MatchTest, HowManyClausesMatchMakesOneDelivery) {
  have({Clause{}, Clause{}, Clause{{{0, FieldValue("x")}}},
        Clause{{{0, FieldValue("x")}, {1, FieldValue("y")}}}, Clause{{{1, FieldValue("y")}}},
        Clause{{{0, FieldValue("x")}}}});
  index_.add(subscriber_, subscribe("t"));
  index_.add(subscriber_, subscribe("t", {Clause{{{1, FieldValue("y")}}}}));
  EXPECT_EQ(deliveries({FieldValue("x"), FieldValue("y")}), 1U);
  EXPECT_EQ(deliveries({FieldValue("x"), FieldValue("y")}), 1U);
}

TEST_F(MatchTest, ClauseThatIsThereAlreadyTakesNoMemory) {
  const Clause clause{{{0, FieldValue("x")}}};
  have({Clause{}, clause, Clause{}, clause});
  index_.add(subscriber_, subscribe("t", {clause, Clause{}}));
  EXPECT_EQ(state_of(subscriber_).buckets.size(), 2U);
}

TEST_F(MatchTest, WithoutClausesNothingMatches) {
  EXPECT_FALSE(index_.add(subscriber_, subscribe("t", {})));
  EXPECT_EQ(index_.types(), 0U);
  EXPECT_EQ(deliveries({}), 0U);
}

TEST_F(MatchTest, HighestFieldIsAFieldLikeAnyOther) {
  have({Clause{{{Index::kFieldsMax - 1, FieldValue("x")}}}});
  std::vector<FieldValue> fields(Index::kFieldsMax);
  EXPECT_EQ(deliveries(fields), 0U);
  fields.back() = FieldValue("x");
  EXPECT_EQ(deliveries(fields), 1U);
  fields.emplace_back("more than can be asked for");
  EXPECT_EQ(deliveries(fields), 1U);
}

TEST(Index, EverySubscriberThatAsksGetsTheEvent) {
  Index index;
  std::vector<TestSubscriber> all(10);
  for (std::size_t i = 0; i < all.size(); ++i) {
    index.add(all[i], subscribe("t", {Clause{{{0, number(static_cast<std::int64_t>(i % 2))}}}}));
  }
  EXPECT_EQ(match_one(index, make_event("t", "1", {number(1)})).deliveries, 5U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].events.size(), i % 2) << i;
    index.remove(all[i]);
  }
}

TEST(Index, EventsOfABatchArriveInTheirOrderAndAreAnsweredEach) {
  Index index;
  TestSubscriber all;
  TestSubscriber odd;
  index.add(all, subscribe("t"));
  index.add(odd, subscribe("t", {Clause{{{0, number(1)}}}}));
  index.add(odd, subscribe("u"));
  std::vector<cloudevents::EventRef> events;
  std::vector<std::string> ids;
  std::vector<std::string> odd_ids;
  for (int i = 0; i < 100; ++i) {
    ids.push_back(std::to_string(i));
    if (i % 2 == 1) odd_ids.push_back(ids.back());
    events.push_back(make_event("t", ids.back(), {number(i % 2)}));
  }
  events.push_back(make_event("nobody", "x"));
  events.push_back(make_event("u", "y", {number(1)}));
  odd_ids.emplace_back("y");
  const auto matched = index.match(events);
  EXPECT_EQ(all.take(), ids);
  EXPECT_EQ(odd.take(), odd_ids);
  ASSERT_EQ(matched.size(), events.size());
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(matched[i].deliveries, 1 + i % 2) << i;
  EXPECT_EQ(matched[100].deliveries, 0U);
  EXPECT_EQ(matched[100].counter, nullptr);
  EXPECT_EQ(matched[101].deliveries, 1U);
  EXPECT_NE(matched[101].counter, matched[0].counter);
  EXPECT_EQ(matched[99].counter, matched[0].counter);
  EXPECT_TRUE(index.match({}).empty());
  index.remove(all);
  index.remove(odd);
}

TEST(Index, AddAndRemoveTellWhichTypesComeAndGo) {
  Index index;
  TestSubscriber a;
  TestSubscriber b;
  EXPECT_TRUE(index.add(a, subscribe("t")));
  EXPECT_FALSE(index.add(a, subscribe("t", {Clause{{{0, FieldValue("x")}}}})));
  EXPECT_TRUE(index.add(a, subscribe("u", {Clause{{{0, FieldValue("x")}}}})));
  EXPECT_FALSE(index.add(b, subscribe("t", {Clause{{{0, FieldValue("y")}}}})));
  EXPECT_EQ(index.types(), 2U);
  EXPECT_THAT(index.remove(a), ElementsAre("u"));
  EXPECT_THAT(index.remove(a), IsEmpty());
  EXPECT_THAT(index.remove(b), ElementsAre("t"));
  EXPECT_EQ(index.types(), 0U);
  EXPECT_TRUE(index.add(a, subscribe("t")));
  EXPECT_THAT(index.remove(a), ElementsAre("t"));
}

TEST(Index, RemovedSubscriberGetsNothingAndTheOthersStay) {
  Index index;
  std::vector<TestSubscriber> all(50);
  for (auto& subscriber : all) {
    index.add(subscriber, subscribe("t"));
    index.add(subscriber, subscribe("t", {Clause{{{0, FieldValue("x")}}}}));
  }
  for (std::size_t removed = 0; removed < all.size(); ++removed) {
    index.remove(all[(removed * 7) % all.size()]);
    EXPECT_EQ(match_one(index, make_event("t", "1", {FieldValue("x")})).deliveries,
              all.size() - removed - 1);
  }
}

TEST(Index, CounterStaysWithItsTypeWhileItHasSubscribers) {
  Index index;
  TestSubscriber a;
  EXPECT_EQ(match_one(index, make_event("t", "1")).counter, nullptr);
  index.add(a, subscribe("t", {Clause{{{0, FieldValue("x")}}}}));
  metrics::Counter** counter = match_one(index, make_event("t", "1")).counter;
  ASSERT_NE(counter, nullptr);
  EXPECT_EQ(*counter, nullptr);
  EXPECT_EQ(match_one(index, make_event("t", "2", {FieldValue("x")})).counter, counter);
  index.remove(a);
}

TEST(Index, ForgetsItsSubscribersWhenItGoes) {
  TestSubscriber a;
  TestSubscriber b;
  {
    Index index;
    index.add(a, subscribe("t"));
    index.add(a, subscribe("u", {Clause{{{0, FieldValue("x")}}}}));
    index.add(b, subscribe("t"));
  }
  // Their destructors would abort if they still had links.
}

TEST(IndexDeathTest, ReceiverMustNotChangeSubscriptionsDuringADelivery) {
  EXPECT_DEATH(
      {
        Index index;
        TestSubscriber a;
        index.add(a, subscribe("t"));
        a.on_deliver = [&] { index.remove(a); };
        match_one(index, make_event("t", "1"));
      },
      "is_matching_");
}

TEST(IndexDeathTest, SubscriberMustBeRemovedBeforeItDies) {
  EXPECT_DEATH(
      {
        Index index;
        TestSubscriber a;
        index.add(a, subscribe("t"));
        // `a` goes first.
      },
      "broken invariant");
}

}  // namespace
}  // namespace rig::subscriptions
