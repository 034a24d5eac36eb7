#include "logic/structured.hpp"
#include "logic/test_plans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::cloudevents {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kFirst = R"({"specversion":"1.0","type":"t","source":"/x","id":"1"})";
constexpr std::string_view kSecond =
    "{ \"cloudEventsVersion\":\"0.1\",\"eventType\":\"t\", \"source\":\"/x\",\"eventID\":\"2\",\n"
    "\"data\":[\"],}{\",[{\"a\\\"]\\\\\":[]}]] }";

std::string reason(std::string_view text) {
  const auto events = decode_batch(text, TestPlans());
  return events ? "accepted" : events.error();
}

TEST(Batch, IsSplitAtItsOwnCommasOnly) {
  EXPECT_THAT(*split_batch("[]"), IsEmpty());
  EXPECT_THAT(*split_batch(" [ \n ] "), IsEmpty());
  EXPECT_THAT(*split_batch("[1]"), ElementsAre("1"));
  EXPECT_THAT(*split_batch(R"([ {"a":[1,2]} ,"],\"]" , [[],{}] ])"),
              ElementsAre(R"({"a":[1,2]})", R"("],\"]")", "[[],{}]"));
}

TEST(Batch, EventsKeepTheirTextAndOrder) {
  const std::string text = "[" + std::string(kFirst) + ",\n\t" + std::string(kSecond) + " ]\n";
  const auto events = decode_batch(text, TestPlans({"/data/0"}));
  ASSERT_TRUE(events) << events.error();
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ(events->at(0)->json(), kFirst);
  EXPECT_EQ(events->at(1)->json(), kSecond);
  EXPECT_EQ(events->at(0)->version(), SpecVersion::k10);
  EXPECT_EQ(events->at(1)->version(), SpecVersion::k01);
  EXPECT_TRUE(events->at(0)->fields().at(0).is_nothing());
  EXPECT_EQ(events->at(1)->fields().at(0), FieldValue("],}{"));
}

TEST(Batch, OneBadEventRefusesTheBatchAndIsNumbered) {
  const std::string good(kFirst);
  struct Case {
    std::string text;
    std::string_view message;
  };
  const std::vector<Case> cases{
      {"[" + good + R"(,{"specversion":"1.0","type":"t","source":"/x"}])",
       R"(event 2: the required attribute "id" is missing)"},
      {"[5," + good + "]", "event 1: it is not a JSON object"},
      {"[" + good + "," + good + ",{\"a\":}]", "event 3: invalid JSON: syntax error"},
      {"[" + good + " " + good + "]", "event 1: invalid JSON: there is text after its end"},
      {"[" + good + "}]", "event 1: invalid JSON: there is text after its end"},
      {"[[" + good + "]]", "event 1: it is not a JSON object"}};
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(reason(text), message) << text;
  }
}

TEST(Batch, WhatIsNotAnArrayIsRefused) {
  const std::string good(kFirst);
  struct Case {
    std::string text;
    std::string_view message;
  };
  const std::vector<Case> cases{{"", "it is empty"},
                                {" \n", "it is empty"},
                                {good, "it is not a JSON array"},
                                {"[", "invalid JSON: it ends too early"},
                                {"[" + good, "invalid JSON: it ends too early"},
                                {"[" + good + ",", "invalid JSON: it ends too early"},
                                {"[\"", "invalid JSON: it ends too early"},
                                {"[\"\\\"]", "invalid JSON: it ends too early"},
                                {"[[]", "invalid JSON: it ends too early"},
                                {"[" + good + ",]", "invalid JSON: syntax error"},
                                {"[,]", "invalid JSON: syntax error"},
                                {"[" + good + ",,1]", "invalid JSON: syntax error"},
                                {"[" + good + "]]", "invalid JSON: there is text after its end"},
                                {"[]x", "invalid JSON: there is text after its end"}};
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(reason(text), message) << text;
  }
}

}  // namespace
}  // namespace rig::cloudevents
