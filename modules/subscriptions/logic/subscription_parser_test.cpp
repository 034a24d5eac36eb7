#include "logic/subscription_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;
using testing::ElementsAre;
using testing::Pair;
using testing::StartsWith;

constexpr std::string_view kExtractors = R"({"order": {
  "region": {"stable_field_index": 0, "event": {"json_pointer": "/data/region"}},
  "vip":    {"stable_field_index": 1, "event": {"json_pointer": "/data/vip"}},
  "owner":  {"stable_field_index": 2, "event": {"json_pointer": "/data/owner"}}}})";

class SubscriptionParserTest : public testing::Test {
 protected:
  [[nodiscard]] SubscriptionList parse(std::string_view json) const {
    auto parsed = parser().parse(json);
    EXPECT_TRUE(parsed.has_value()) << parsed.error();
    return parsed.has_value() ? *parsed : SubscriptionList{};
  }
  [[nodiscard]] std::string refusal(std::string_view json) const {
    const auto parsed = parser().parse(json);
    return parsed.has_error() ? parsed.error() : "accepted";
  }
  /// The clauses of a subscription for `order`.
  [[nodiscard]] std::vector<Clause> clauses(const std::string& one_of) const {
    const auto list = parse(R"([{"eventType":"order","oneOf":)" + one_of + "}]");
    return list.size() == 1 ? list[0].clauses : std::vector<Clause>{};
  }
  [[nodiscard]] std::string clauses_refusal(const std::string& one_of) const {
    return refusal(R"([{"eventType":"order","oneOf":)" + one_of + "}]");
  }

  [[nodiscard]] SubscriptionParser parser() const {
    return {limits_, unknown_fields_, extractors_};
  }

  SubscriptionLimits limits_;
  UnknownFields unknown_fields_ = UnknownFields::kReject;

 private:
  std::vector<std::string> problems_;
  Extractors extractors_ = Extractors::parse(kExtractors, 256, problems_);
};

TEST_F(SubscriptionParserTest, ExampleOfTheContract) {
  const auto list = parse(R"([ { "eventType": "order",
      "oneOf": [ { "region": "EU", "vip": true }, { "owner": "alice" } ] } ])");
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].event_type, "order");
  ASSERT_EQ(list[0].clauses.size(), 2U);
  EXPECT_THAT(list[0].clauses[0].fields,
              ElementsAre(Pair(0, FieldValue("EU")), Pair(1, FieldValue(true))));
  EXPECT_THAT(list[0].clauses[1].fields, ElementsAre(Pair(2, FieldValue("alice"))));
  EXPECT_EQ(list[0].json,
            R"({"eventType":"order","oneOf":[{"region":"EU","vip":true},{"owner":"alice"}]})");
}

TEST_F(SubscriptionParserTest, NoSubscriptionIsAListToo) { EXPECT_TRUE(parse(" [] ").empty()); }

TEST_F(SubscriptionParserTest, WithoutClausesEveryEventOfTheTypeMatches) {
  for (const auto* json : {R"([{"eventType":"t"}])", R"([{"eventType":"t","oneOf":[]}])"}) {
    const auto list = parse(json);
    ASSERT_EQ(list.size(), 1U);
    ASSERT_EQ(list[0].clauses.size(), 1U);
    EXPECT_TRUE(list[0].clauses[0].fields.empty());
    EXPECT_EQ(list[0].json, R"({"eventType":"t","oneOf":[]})");
  }
}

TEST_F(SubscriptionParserTest, FirstSpellingThatIsPresentWins) {
  EXPECT_EQ(parse(R"([{"eventType":"b","event_type":"a"}])")[0].event_type, "a");
  EXPECT_EQ(parse(R"([{"event_type":"a"}])")[0].event_type, "a");
  EXPECT_EQ(parse(R"([{"event\u0054ype":"a"}])")[0].event_type, "a");
  EXPECT_EQ(refusal(R"([{"event_type":null,"eventType":"b"}])"),
            "invalid subscription: event-type empty (subscription 1)");
  const auto json = [&](const std::string& members) {
    return parse(R"([{"eventType":"order",)" + members + "}]")[0].json;
  };
  EXPECT_EQ(json(R"("oneOf":[{"vip":3}],"one_of":[{"vip":2}],"constraints":[{"vip":1}])"),
            R"({"eventType":"order","oneOf":[{"vip":1}]})");
  EXPECT_EQ(json(R"("oneOf":[{"vip":3}],"one_of":[{"vip":2}])"),
            R"({"eventType":"order","oneOf":[{"vip":2}]})");
}

TEST_F(SubscriptionParserTest, UnknownMembersAreIgnored) {
  EXPECT_EQ(parse(R"([{"x":[{"y":1}],"eventType":"t","z":null}])")[0].json,
            R"({"eventType":"t","oneOf":[]})");
}

TEST_F(SubscriptionParserTest, ClausesAreToldToTheClientAsItSentThem) {
  EXPECT_EQ(
      parse("[{\"eventType\":\"order\",\"oneOf\": [ {\"vip\" : 30.0,\t\"region\": \"a b\\n\"},"
            "{ \"owner\": 123456789012345678901234567890 }]}]")[0]
          .json,
      R"({"eventType":"order","oneOf":[{"vip":30.0,"region":"a b\n"},)"
      R"({"owner":123456789012345678901234567890}]})");
}

TEST_F(SubscriptionParserTest, ReasonsOfTheContract) {
  const auto reason = [this](const std::string& subscription) {
    const auto text = refusal("[" + subscription + "]");
    constexpr std::string_view kPrefix = "invalid subscription: ";
    constexpr std::string_view kSuffix = " (subscription 1)";
    EXPECT_TRUE(text.starts_with(kPrefix) && text.ends_with(kSuffix)) << text;
    return text.substr(kPrefix.size(), text.size() - kPrefix.size() - kSuffix.size());
  };
  for (const auto* json : {"5", "\"t\"", "null", "[]", "true"})
    EXPECT_EQ(reason(json), "not a map");
  EXPECT_EQ(reason("{}"), "event-type not found");
  EXPECT_EQ(reason(R"({"EventType":"t"})"), "event-type not found");
  for (const auto* json : {"\"\"", "5", "null", "{}", "[\"t\"]", "true"})
    EXPECT_EQ(reason(R"({"eventType":)" + std::string(json) + "}"), "event-type empty");
  for (const auto* json : {"{}", "null", "\"x\"", "5"}) {
    EXPECT_EQ(reason(R"({"eventType":"t","oneOf":)" + std::string(json) + "}"),
              "constraints expected to be a list of disjunctive clauses");
  }
  for (const auto* json : {"[]", "null", "\"x\"", "5"}) {
    EXPECT_EQ(reason(R"({"eventType":"t","oneOf":[{},)" + std::string(json) + "]}"),
              "a disjunctive clause expected to be a conjunction represented by a map");
  }
  EXPECT_EQ(reason(R"({"eventType":"order","oneOf":[{"vip":1,"":2}]})"),
            "conjunctive clauses expected to be a map with nonempty strings as keys");
}

TEST_F(SubscriptionParserTest, ReasonCountsSubscriptionsFromOne) {
  EXPECT_EQ(refusal(R"([{"eventType":"t"},{"eventType":""},{}])"),
            "invalid subscription: event-type empty (subscription 2)");
}

TEST_F(SubscriptionParserTest, OnlyAListIsAccepted) {
  for (const auto* json : {"{}", "null", "\"[]\"", "5", R"({"subscriptions":[]})"})
    EXPECT_EQ(refusal(json), "subscriptions is expected to be a JSON encoded list");
}

TEST_F(SubscriptionParserTest, WhatIsNoJsonIsRefusedWithAPosition) {
  EXPECT_EQ(refusal("[{"),
            "Failed to decode subscription list: unexpected end of input at position 2");
  for (const auto* json : {"", "[", "[}", "[{]", "[1}", "{\"a\"}", "[1,]", "[nul]", "[] []", "\xff",
                           "[\"\xff\"]", R"(["\ud800"])", "['a']"}) {
    EXPECT_THAT(refusal(json), StartsWith("Failed to decode subscription list: ")) << json;
  }
  EXPECT_THAT(refusal(std::string(100'000, '[')),
              StartsWith("Failed to decode subscription list: "));
}

// Quirks Q12 and Q13: what the original stumbles over when it is used as a name.
TEST_F(SubscriptionParserTest, EventTypeIsBoundedAndHasNoControlCharacters) {
  const auto with_type = [this](const std::string& type) {
    return refusal(R"([{"eventType":")" + type + "\"}]");
  };
  EXPECT_EQ(with_type(std::string(256, 'x')), "accepted");
  EXPECT_EQ(with_type(std::string(257, 'x')),
            "invalid subscription: event-type is longer than 256 bytes (subscription 1)");
  for (const auto* type : {R"(a\nb)", R"(\u0000)", R"(a\u001f)", "\x7f"}) {
    EXPECT_EQ(with_type(type),
              "invalid subscription: event-type contains control characters (subscription 1)");
  }
  EXPECT_EQ(with_type("größe 😀"), "accepted");
}

TEST_F(SubscriptionParserTest, NumberOfSubscriptionsIsLimited) {
  limits_.subscriptions_max = 2;
  EXPECT_EQ(refusal(R"([{"eventType":"t"},{"eventType":"t"}])"), "accepted");
  EXPECT_EQ(refusal(R"([{"eventType":"t"},{"eventType":"t"},{"eventType":"t"}])"),
            "3 subscriptions, at most 2 are allowed (RIG_SUBSCRIPTIONS_MAX)");
}

TEST_F(SubscriptionParserTest, NumberOfClausesIsLimited) {
  limits_.clauses_max = 2;
  EXPECT_EQ(clauses_refusal("[{},{}]"), "accepted");
  EXPECT_EQ(clauses_refusal("[{},{},{}]"),
            "invalid subscription: 3 clauses, at most 2 are allowed (RIG_CLAUSES_MAX) "
            "(subscription 1)");
}

TEST_F(SubscriptionParserTest, NumberOfFieldSetsIsLimitedPerEventType) {
  limits_.field_sets_max = 2;
  EXPECT_EQ(clauses_refusal(R"([{"vip":1},{"vip":2},{"owner":1},{"vip":3}])"), "accepted");
  EXPECT_EQ(refusal(R"([{"eventType":"order","oneOf":[{"vip":1},{"owner":1}]},
                        {"eventType":"order","oneOf":[{"owner":1,"vip":1}]}])"),
            "invalid subscription: 3 different sets of fields, at most 2 are allowed "
            "(RIG_FIELD_SETS_MAX) (subscription 2)");
  EXPECT_EQ(refusal(R"([{"eventType":"order","oneOf":[{"vip":1},{"owner":1}]},
                        {"eventType":"other"}])"),
            "accepted");
}

// Quirk Q4: in the original the client gets all events of the type.
TEST_F(SubscriptionParserTest, FieldWithoutExtractorIsRefused) {
  EXPECT_EQ(clauses_refusal(R"([{"vip":1},{"regoin":"EU"}])"),
            "invalid subscription: field \"regoin\" is not configured for event type \"order\" "
            "(EXTRACTORS, RIG_UNKNOWN_FIELDS) (subscription 1)");
  EXPECT_EQ(refusal(R"([{"eventType":"plain","oneOf":[{"x":null}]}])"),
            "invalid subscription: field \"x\" is not configured for event type \"plain\" "
            "(EXTRACTORS, RIG_UNKNOWN_FIELDS) (subscription 1)");
}

TEST_F(SubscriptionParserTest, FieldWithoutExtractorCanBeIgnored) {
  unknown_fields_ = UnknownFields::kIgnore;
  EXPECT_THAT(clauses(R"([{"vip":1,"regoin":"EU"}])")[0].fields,
              ElementsAre(Pair(1, FieldValue(std::int64_t{1}))));
  const auto list = parse(R"([{"eventType":"plain","oneOf":[{"x":{"deep":[1]}}]}])");
  ASSERT_EQ(list[0].clauses.size(), 1U);
  EXPECT_TRUE(list[0].clauses[0].fields.empty());
  EXPECT_EQ(list[0].json, R"({"eventType":"plain","oneOf":[{"x":{"deep":[1]}}]})");
}

TEST_F(SubscriptionParserTest, ErrorTextsNeitherGrowNorBreakTheirLine) {
  const auto text = clauses_refusal("[{\"a\\n" + std::string(99, 'b') + "ü\":1}]");
  EXPECT_THAT(text, StartsWith("invalid subscription: field \"a\\nbbb"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_LT(text.size(), 300U);
  // Cut at whole characters.
  const auto wide = clauses_refusal("[{\"" + std::string(99, 'b') + "ü\":1}]");
  EXPECT_NE(wide.find(std::string(99, 'b') + "…\""), std::string::npos) << wide;
}

TEST_F(SubscriptionParserTest, ValuesKeepTheirTypes) {
  const auto value = [this](const std::string& json) {
    return clauses(R"([{"vip":)" + json + "}]").at(0).fields.at(0).second;
  };
  EXPECT_EQ(value("\"30\""), FieldValue("30"));
  EXPECT_EQ(value("30"), FieldValue(std::int64_t{30}));
  EXPECT_EQ(value("30.0"), FieldValue(std::int64_t{30}));
  EXPECT_EQ(value("3e1"), FieldValue(std::int64_t{30}));
  EXPECT_EQ(value("18446744073709551615"), FieldValue(std::uint64_t{18446744073709551615U}));
  EXPECT_EQ(value("-0.5"), FieldValue(-0.5));
  EXPECT_EQ(value("true"), FieldValue(true));
  EXPECT_EQ(value("false"), FieldValue(false));
  EXPECT_EQ(value(R"("\u00fc")"), FieldValue("ü"));
  EXPECT_EQ(value("\"\""), FieldValue(""));
}

TEST_F(SubscriptionParserTest, NullIsAWildcard) {
  EXPECT_TRUE(clauses(R"([{"vip":null}])").at(0).fields.empty());
  EXPECT_THAT(clauses(R"([{"vip":null,"region":"EU"}])").at(0).fields,
              ElementsAre(Pair(0, FieldValue("EU"))));
}

TEST_F(SubscriptionParserTest, ClauseWithAnObjectOrArrayNeverMatches) {
  EXPECT_TRUE(clauses(R"([{"vip":{}},{"region":"EU","vip":[1]}])").empty());
  EXPECT_EQ(clauses(R"([{"vip":{}},{"region":"EU"}])").size(), 1U);
  EXPECT_EQ(parse(R"([{"eventType":"order","oneOf":[{"vip":[ 1 ]}]}])")[0].json,
            R"({"eventType":"order","oneOf":[{"vip":[1]}]})");
}

TEST_F(SubscriptionParserTest, OfEqualMembersTheLastCounts) {
  EXPECT_EQ(parse(R"([{"eventType":"a","eventType":"b"}])")[0].event_type, "b");
  EXPECT_THAT(clauses(R"([{"vip":1,"vip":2}])").at(0).fields,
              ElementsAre(Pair(1, FieldValue(std::int64_t{2}))));
  EXPECT_TRUE(clauses(R"([{"vip":{},"vip":null}])").at(0).fields.empty());
}

TEST_F(SubscriptionParserTest, FieldsOfAClauseAreSortedByPosition) {
  EXPECT_THAT(
      clauses(R"([{"owner":"x","region":"EU","vip":true}])").at(0).fields,
      ElementsAre(Pair(0, FieldValue("EU")), Pair(1, FieldValue(true)), Pair(2, FieldValue("x"))));
}

TEST_F(SubscriptionParserTest, RequestHasTheListAsAMember) {
  const auto reason = [&](std::string_view json) {
    return parser().parse_request(json).error().reason;
  };
  using Reason = RequestError::Reason;
  EXPECT_EQ(parser().parse_request(R"({"x": 1, "subscriptions": [{"eventType": "a"}]})")->size(),
            1U);
  EXPECT_EQ(parser().parse_request(R"({"subscriptions":[]})")->size(), 0U);
  EXPECT_EQ(reason(R"({"subscriptions":)"), Reason::kNotJson);
  EXPECT_EQ(reason(""), Reason::kNotJson);
  EXPECT_EQ(reason(R"({"x":1})"), Reason::kNoSubscriptions);
  EXPECT_EQ(reason(R"([{"eventType":"a"}])"), Reason::kNoSubscriptions);
  EXPECT_EQ(reason(R"({"subscriptions":{}})"), Reason::kInvalid);
  EXPECT_EQ(reason(R"({"subscriptions":[{}]})"), Reason::kInvalid);
}

}  // namespace
}  // namespace rig::subscriptions
