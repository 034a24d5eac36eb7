#include "logic/claims.hpp"

#include "logic/json_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kExtractors = R"({
  "greeting": {
    "name": {"stable_field_index": 1, "event": {"json_pointer": "/data/name"},
             "jwt": {"json_pointer": "/username"}}},
  "chat": {
    "room": {"stable_field_index": 0, "event": {"json_pointer": "/data/room"},
             "jwt": {"json_pointer": "/rooms"}},
    "lang": {"stable_field_index": 1, "event": {"json_pointer": "/data/lang"},
             "jwt": {"json_pointer": "/profile/languages"}},
    "loud": {"stable_field_index": 2, "event": {"json_pointer": "/data/loud"}}},
  "order": {
    "vip":    {"stable_field_index": 0, "event": {"json_pointer": "/data/vip"}},
    "tenant": {"stable_field_index": 1, "event": {"json_pointer": "/data/tenant"},
               "jwt": {"json_pointer": "/tenant"}, "enforce": true},
    "owner":  {"stable_field_index": 2, "event": {"json_pointer": "/data/owner"}}},
  "payment": {
    "tenant": {"stable_field_index": 0, "event": {"json_pointer": "/data/tenant"},
               "jwt": {"json_pointer": "/tenant"}, "enforce": true},
    "user":   {"stable_field_index": 1, "event": {"json_pointer": "/data/user"},
               "jwt": {"json_pointer": "/user"}, "enforce": true},
    "bank":   {"stable_field_index": 2, "event": {"json_pointer": "/data/bank"}}},
  "plain": {
    "x": {"stable_field_index": 0, "event": {"json_pointer": "/data/x"}}}})";

class ClaimRulesTest : public testing::Test {
 protected:
  using Result = boost::system::result<SubscriptionList, std::string>;

  /// What a client may have that asks for `asked` and has tokens with these claims.
  Result permitted(std::string_view asked, const std::vector<std::string>& tokens) {
    const SubscriptionParser parser(limits_, unknown_fields_, extractors_);
    auto list = parser.parse(asked);
    EXPECT_TRUE(list.has_value()) << list.error();
    std::vector<boost::json::object> claims;
    for (const auto& token : tokens) claims.push_back(boost::json::parse(token).as_object());
    std::vector<const boost::json::object*> pointers;
    for (const auto& of_token : claims) pointers.push_back(&of_token);
    return ClaimRules(limits_, extractors_).permitted(*std::move(list), pointers);
  }
  /// What the client is told; for each, what it is told must be what it has.
  std::vector<std::string> told(std::string_view asked, const std::vector<std::string>& tokens) {
    const auto list = permitted(asked, tokens);
    EXPECT_TRUE(list.has_value()) << list.error();
    std::vector<std::string> json;
    for (const auto& subscription : *list) {
      json.push_back(subscription.json);
      const SubscriptionParser parser(limits_, unknown_fields_, extractors_);
      const auto again = parser.parse("[" + subscription.json + "]");
      EXPECT_TRUE(again.has_value()) << again.error();
      EXPECT_TRUE(std::ranges::equal(again->at(0).clauses, subscription.clauses, {},
                                     &Clause::fields, &Clause::fields))
          << subscription.json;
    }
    return json;
  }
  /// The same for a subscription to `order` by a client of tenant "a".
  std::vector<std::string> narrowed(const std::string& one_of) {
    return told(R"([{"eventType":"order","oneOf":)" + one_of + "}]", {R"({"tenant":"a"})"});
  }
  std::string refusal(std::string_view asked, const std::vector<std::string>& tokens) {
    const auto list = permitted(asked, tokens);
    return list.has_error() ? list.error() : "permitted";
  }

  SubscriptionLimits limits_;
  UnknownFields unknown_fields_ = UnknownFields::kReject;
  std::vector<std::string> problems_;
  Extractors extractors_ = Extractors::parse(kExtractors, 256, problems_);
};

TEST_F(ClaimRulesTest, ExtractorsAreRight) { EXPECT_THAT(problems_, IsEmpty()); }

TEST_F(ClaimRulesTest, WithoutTokenPointersNothingChanges) {
  extractors_ = Extractors::parse(
      R"({"plain": {"x": {"stable_field_index": 0, "event": {"json_pointer": "/x"}}}})", 256,
      problems_);
  EXPECT_THAT(
      told(R"([{"eventType":"plain","oneOf":[{"x":[]}]},{"eventType":"b"},{"eventType":"b"}])",
           {R"({"x":1})"}),
      ElementsAre(R"({"eventType":"plain","oneOf":[{"x":[]}]})", R"({"eventType":"b","oneOf":[]})",
                  R"({"eventType":"b","oneOf":[]})"));
}

TEST_F(ClaimRulesTest, ExampleOfTheContract) {
  EXPECT_THAT(told("[]", {R"({"username":"mike"})"}),
              ElementsAre(R"({"eventType":"greeting","oneOf":[{"name":"mike"}]})"));
}

TEST_F(ClaimRulesTest, WhatFollowsFromClaimsComesFirstByTypeThenWhatIsAskedFor) {
  EXPECT_THAT(told(R"([{"eventType":"a"}])",
                   {R"({"username":"mike", "rooms":1, "profile":{"languages":"en"}})"}),
              ElementsAre(R"({"eventType":"chat","oneOf":[{"room":1,"lang":"en"}]})",
                          R"({"eventType":"greeting","oneOf":[{"name":"mike"}]})",
                          R"({"eventType":"a","oneOf":[]})"));
}

// Quirk Q5: in the original a claim that is null matches every event of the type, and a claim that
// is missing leaves its field out of the clause.
TEST_F(ClaimRulesTest, QuirkQ5ClaimThatIsNullOrMissingNeverWidens) {
  EXPECT_THAT(told("[]", {"{}"}), IsEmpty());
  EXPECT_THAT(told("[]", {R"({"username":null})"}), IsEmpty());
  EXPECT_THAT(told("[]", {R"({"username":{"name":"mike"}})"}), IsEmpty());
  EXPECT_THAT(told("[]", {R"({"rooms":1})"}), IsEmpty());
  EXPECT_THAT(told("[]", {R"({"rooms":1, "profile":{"languages":null}})"}), IsEmpty());
  EXPECT_THAT(told("[]", {R"({"rooms":1, "profile":null})"}), IsEmpty());
  EXPECT_THAT(told("[]", {R"({"rooms":[null], "profile":{"languages":"en"}})"}), IsEmpty());
  // What one token lacks another one does not lend.
  EXPECT_THAT(told("[]", {R"({"rooms":1})", R"({"profile":{"languages":"en"}})"}), IsEmpty());
}

TEST_F(ClaimRulesTest, ArraysMeanAnyOfTheirValues) {
  EXPECT_THAT(told("[]", {R"({"rooms":[1,"two",1.0,null], "profile":{"languages":["en","de"]}})"}),
              ElementsAre(R"({"eventType":"chat","oneOf":[{"room":1,"lang":"en"},)"
                          R"({"room":1,"lang":"de"},{"room":"two","lang":"en"},)"
                          R"({"room":"two","lang":"de"}]})"));
  EXPECT_THAT(told("[]", {R"({"rooms":[], "profile":{"languages":["en"]}})"}), IsEmpty());
}

TEST_F(ClaimRulesTest, SeveralTokensGiveOneSubscriptionWithTheClausesOfAll) {
  EXPECT_THAT(told("[]", {R"({"username":"a"})", R"({"username":["b","a"]})", "{}"}),
              ElementsAre(R"({"eventType":"greeting","oneOf":[{"name":"a"},{"name":"b"}]})"));
}

TEST_F(ClaimRulesTest, WhatIsInferredAndAskedForIsThereOnce) {
  EXPECT_THAT(told(R"([{"eventType":"greeting","oneOf":[{"name":"a"}]}])", {R"({"username":"a"})"}),
              ElementsAre(R"({"eventType":"greeting","oneOf":[{"name":"a"}]})"));
}

TEST_F(ClaimRulesTest, WithoutEnforceAClientMayAskForMore) {
  EXPECT_THAT(told(R"([{"eventType":"greeting"}])", {R"({"username":"a"})"}),
              ElementsAre(R"({"eventType":"greeting","oneOf":[{"name":"a"}]})",
                          R"({"eventType":"greeting","oneOf":[]})"));
}

TEST_F(ClaimRulesTest, EnforcedFieldIsAddedToEveryClause) {
  constexpr auto* kInferred = R"({"eventType":"order","oneOf":[{"tenant":"a"}]})";
  EXPECT_THAT(narrowed("[]"), ElementsAre(kInferred));
  EXPECT_THAT(narrowed("[{}]"), ElementsAre(kInferred));
  EXPECT_THAT(narrowed(R"([{"vip":true,"owner":null},{"owner":"x"}])"),
              ElementsAre(kInferred, R"({"eventType":"order","oneOf":[)"
                                     R"({"vip":true,"owner":null,"tenant":"a"},)"
                                     R"({"owner":"x","tenant":"a"}]})"));
}

TEST_F(ClaimRulesTest, ClauseForAnotherValueOfAnEnforcedFieldIsDropped) {
  EXPECT_THAT(narrowed(R"([{"tenant":"b"},{"vip":1,"tenant":"a"},{"vip":2,"tenant":null}])").at(1),
              R"({"eventType":"order","oneOf":[{"vip":1,"tenant":"a"},{"vip":2,"tenant":"a"}]})");
  for (const auto* one_of : {R"([{"tenant":"b"}])", R"([{"tenant":"A"}])", R"([{"tenant":["a"]}])",
                             R"([{"tenant":{}}])", R"([{"tenant":true},{"tenant":0}])"}) {
    EXPECT_THAT(narrowed(one_of), testing::SizeIs(1)) << one_of;  // what is inferred
  }
}

// The JSON parser makes NaN of it.
TEST_F(ClaimRulesTest, WhatIsNoNumberMatchesNothing) {
  EXPECT_THAT(narrowed(R"([{"vip":0e400},{"tenant":0e400}])"), testing::SizeIs(1));
  EXPECT_THAT(told("[]", {R"({"username":0e400})"}), IsEmpty());
}

TEST_F(ClaimRulesTest, LastOfRepeatedMembersCounts) {
  const auto vip = [this](const std::string& members) {
    return narrowed("[{\"vip\":1," + members + "}]");
  };
  constexpr auto* kVip = R"({"eventType":"order","oneOf":[{"vip":1,"tenant":"a"}]})";
  EXPECT_EQ(vip(R"("tenant":"b","tenant":null)").at(1), kVip);
  EXPECT_EQ(vip(R"("tenant":"b","tenant":"a")").at(1), kVip);
  EXPECT_EQ(vip(R"("tenant":null,"ten\u0061nt":"a")").at(1), kVip);
  EXPECT_THAT(vip(R"("tenant":"a","ten\u0061nt":"b")"), testing::SizeIs(1));
  EXPECT_EQ(narrowed(R"([{"owner":{},"owner":"x"}])").at(1),
            R"({"eventType":"order","oneOf":[{"owner":{},"owner":"x","tenant":"a"}]})");
}

TEST_F(ClaimRulesTest, NumbersAreComparedByValue) {
  EXPECT_THAT(told(R"([{"eventType":"order","oneOf":[{"vip":1,"tenant":30.0},{"vip":1,"tenant":30},
                                                     {"vip":1.0},{"vip":2,"tenant":"30"}]}])",
                   {R"({"tenant":3e1})"}),
              ElementsAre(R"({"eventType":"order","oneOf":[{"tenant":30}]})",
                          R"({"eventType":"order","oneOf":[{"vip":1,"tenant":30}]})"));
}

TEST_F(ClaimRulesTest, WithoutAClaimNothingOfTheTypeRemains) {
  constexpr auto* kAsked = R"([{"eventType":"order"},{"eventType":"order","oneOf":[{"tenant":"a"}]},
                               {"eventType":"plain"}])";
  constexpr auto* kPlain = R"({"eventType":"plain","oneOf":[]})";
  EXPECT_THAT(told(kAsked, {}), ElementsAre(kPlain));
  for (const auto* claims : {"{}", R"({"tenant":null})", R"({"tenant":{}})", R"({"tenant":[]})",
                             R"({"tenant":[null,["a"]]})"}) {
    EXPECT_THAT(told(kAsked, {claims}), ElementsAre(kPlain)) << claims;
  }
}

TEST_F(ClaimRulesTest, AllEnforcedFieldsMustBeOfOneToken) {
  constexpr auto* kAsked = R"([{"eventType":"payment","oneOf":[{"bank":1}]}])";
  EXPECT_THAT(told(kAsked, {R"({"tenant":"a"})", R"({"user":"u"})"}),
              ElementsAre(R"({"eventType":"order","oneOf":[{"tenant":"a"}]})"));
  const auto narrowed = [&](const std::vector<std::string>& tokens) {
    return told(kAsked, tokens).back();
  };
  EXPECT_EQ(narrowed({R"({"tenant":"a","user":["u","v"]})", R"({"tenant":"b","user":"w"})",
                      R"({"tenant":"a","user":"u"})"}),
            R"({"eventType":"payment","oneOf":[{"bank":1,"tenant":"a","user":"u"},)"
            R"({"bank":1,"tenant":"a","user":"v"},{"bank":1,"tenant":"b","user":"w"}]})");
}

TEST_F(ClaimRulesTest, OneTokenDoesNotLendItsTenantToTheUserOfAnother) {
  EXPECT_THAT(told(R"([{"eventType":"payment","oneOf":[{"tenant":"a","user":"w"}]}])",
                   {R"({"tenant":"a","user":"u"})", R"({"tenant":"b","user":"w"})"}),
              ElementsAre(R"({"eventType":"order","oneOf":[{"tenant":"a"},{"tenant":"b"}]})",
                          R"({"eventType":"payment","oneOf":[{"tenant":"a","user":"u"},)"
                          R"({"tenant":"b","user":"w"}]})"));
}

TEST_F(ClaimRulesTest, UnknownFieldsThatAreIgnoredDoNotHideTheEnforcedOne) {
  unknown_fields_ = UnknownFields::kIgnore;
  EXPECT_EQ(narrowed(R"([{"Tenant":"b","x":{"tenant":"b"}}])").at(1),
            R"({"eventType":"order","oneOf":[{"Tenant":"b","x":{"tenant":"b"},"tenant":"a"}]})");
}

TEST_F(ClaimRulesTest, AskingForTheResultAgainGivesTheSame) {
  const std::vector<std::string> tokens{
      R"({"username":"m","rooms":[1,2],"profile":{"languages":"en"},"tenant":["a",7],"user":"u"})"};
  const auto once =
      told(R"([{"eventType":"ord\u0065r"},{"eventType":"payment","oneOf":[{"bank":1}]},
                             {"eventType":"greeting"},{"eventType":"x"}])",
           tokens);
  std::string asked;
  for (const auto& json : once) asked += (asked.empty() ? "[" : ",") + json;
  EXPECT_EQ(told(asked + "]", tokens), once);
}

TEST_F(ClaimRulesTest, ClausesStayWithinTheirLimit) {
  limits_.clauses_max = 4;
  EXPECT_EQ(refusal("[]", {R"({"rooms":[1,2],"profile":{"languages":["en","de"]}})"}), "permitted");
  EXPECT_EQ(refusal("[]", {R"({"rooms":[1,2,3],"profile":{"languages":["en","de"]}})"}),
            "event type \"chat\": with the values of the token's claims there are more than 4 "
            "clauses (RIG_CLAUSES_MAX)");
  constexpr auto* kAsked = R"([{"eventType":"order","oneOf":[{"vip":1},{"vip":2}]}])";
  EXPECT_EQ(refusal(kAsked, {R"({"tenant":[1,2]})"}), "permitted");
  EXPECT_EQ(refusal(kAsked, {R"({"tenant":[1,2,3]})"}),
            "event type \"order\": with the values of the token's claims there are more than 4 "
            "clauses (RIG_CLAUSES_MAX)");
}

TEST_F(ClaimRulesTest, LongListOfValuesIsNoMatterIfFewAreAskedFor) {
  extractors_ = Extractors::parse(R"({"t": {
      "a": {"stable_field_index": 0, "event": {"json_pointer": "/a"},
            "jwt": {"json_pointer": "/a"}, "enforce": true},
      "b": {"stable_field_index": 1, "event": {"json_pointer": "/b"},
            "jwt": {"json_pointer": "/missing"}}}})",
                                  256, problems_);
  std::string claim;
  for (int i = 0; i < 5000; ++i) claim += (i == 0 ? "" : ",") + std::to_string(i);
  const std::vector<std::string> tokens{"{\"a\":[" + claim + "]}"};
  EXPECT_THAT(told(R"([{"eventType":"t","oneOf":[{"a":4321},{"a":5000}]}])", tokens),
              ElementsAre(R"({"eventType":"t","oneOf":[{"a":4321}]})"));
  EXPECT_THAT(refusal(R"([{"eventType":"t"}])", tokens), testing::HasSubstr("RIG_CLAUSES_MAX"));
}

TEST_F(ClaimRulesTest, ClausesThatBecomeEqualCountOnce) {
  limits_.clauses_max = 2;
  EXPECT_EQ(narrowed(R"([{"vip":1},{"vip":1.0,"tenant":"a"}])").at(1),
            R"({"eventType":"order","oneOf":[{"vip":1,"tenant":"a"}]})");
}

TEST_F(ClaimRulesTest, LongTextIsNotMultipliedWithoutEnd) {
  std::string claim;
  for (int i = 0; i < 1000; ++i) claim += (i == 0 ? "" : ",") + std::to_string(i);
  const std::string asked =
      R"([{"eventType":"order","oneOf":[{"owner":")" + std::string(100'000, 'x') + "\"}]}]";
  EXPECT_EQ(refusal(asked, {R"({"tenant":[1,2,3]})"}), "permitted");
  EXPECT_EQ(refusal(asked, {"{\"tenant\":[" + claim + "]}"}),
            "event type \"order\": with the values of the token's claims there are more bytes of "
            "subscriptions than are allowed");
}

TEST_F(ClaimRulesTest, WhatIsInferredCountsForTheLimitsOfTheConnection) {
  limits_.subscriptions_max = 2;
  const std::vector<std::string> tokens{R"({"username":"m"})"};
  EXPECT_EQ(refusal(R"([{"eventType":"a"}])", tokens), "permitted");
  EXPECT_EQ(
      refusal(R"([{"eventType":"a"},{"eventType":"greeting","oneOf":[{"name":"m"}]}])", tokens),
      "permitted");
  EXPECT_EQ(refusal(R"([{"eventType":"a"},{"eventType":"b"}])", tokens),
            "with what follows from the token's claims there are 3 subscriptions, at most 2 are "
            "allowed (RIG_SUBSCRIPTIONS_MAX)");
  limits_.field_sets_max = 1;
  EXPECT_EQ(refusal(R"([{"eventType":"greeting"}])", tokens),
            "with what follows from the token's claims there are 2 different sets of fields, at "
            "most 1 are allowed (RIG_FIELD_SETS_MAX)");
}

TEST_F(ClaimRulesTest, WithoutItsTokenARequestIsNarrowedAndNothingIsInferred) {
  const SubscriptionParser parser(limits_, unknown_fields_, extractors_);
  auto asked = parser.parse(R"([{"eventType":"order"},{"eventType":"plain"}])");
  const auto claims = boost::json::parse(R"({"tenant":"a","username":"m"})").as_object();
  const std::vector<const boost::json::object*> of_connection{&claims};
  const auto list = ClaimRules(limits_, extractors_).narrowed(*std::move(asked), of_connection);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(list->at(0).json, R"({"eventType":"order","oneOf":[{"tenant":"a"}]})");
  EXPECT_EQ(list->at(1).event_type, "plain");
}

}  // namespace
}  // namespace rig::subscriptions
