#include "logic/claim_values.hpp"

#include "logic/json_text.hpp"
#include "logic/subscription_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::FieldValue;
using cloudevents::JsonPointer;
using testing::ElementsAre;
using testing::IsEmpty;

ClaimValues values_at(std::string_view pointer, std::string_view claims) {
  return {boost::json::parse(claims).as_object(), *JsonPointer::parse(pointer)};
}

std::vector<std::string> json_at(std::string_view pointer, std::string_view claims) {
  const ClaimValues values = values_at(pointer, claims);
  std::vector<std::string> json;
  for (const auto& value : values.all()) json.push_back(value.json);
  return json;
}

TEST(ClaimValues, ScalarIsAValue) {
  EXPECT_THAT(json_at("/sub", R"({"sub": "alice \"\u00fc\n"})"), ElementsAre(R"("alice \"ü\n")"));
  EXPECT_THAT(json_at("/n", R"({"n": -7})"), ElementsAre("-7"));
  EXPECT_THAT(json_at("/n", R"({"n": 18446744073709551615})"), ElementsAre("18446744073709551615"));
  EXPECT_THAT(json_at("/n", R"({"n": 12.5})"), ElementsAre("12.5"));
  EXPECT_THAT(json_at("/b", R"({"b": false})"), ElementsAre("false"));
  EXPECT_THAT(json_at("/s", R"({"s": ""})"), ElementsAre(R"("")"));
}

TEST(ClaimValues, WhatIsNotThereOrNoScalarHasNone) {
  EXPECT_THAT(json_at("/sub", "{}"), IsEmpty());
  EXPECT_THAT(json_at("/sub", R"({"sub": null})"), IsEmpty());
  EXPECT_THAT(json_at("/sub", R"({"sub": {"name": "alice"}})"), IsEmpty());
  EXPECT_THAT(json_at("/sub", R"({"sub": []})"), IsEmpty());
}

TEST(ClaimValues, ArrayMeansAnyOfItsScalars) {
  EXPECT_THAT(json_at("/g", R"({"g": ["b", null, {"x": 1}, ["c"], "a", 3, true]})"),
              ElementsAre(R"("b")", R"("a")", "3", "true"));
  EXPECT_THAT(json_at("/g", R"({"g": [null, [], {}]})"), IsEmpty());
}

TEST(ClaimValues, EqualValuesAreOne) {
  EXPECT_THAT(json_at("/g", R"({"g": [30, "30", 30.0, 3e1, "30"]})"), ElementsAre("30", R"("30")"));
}

TEST(ClaimValues, PointerGoesThroughObjectsAndArrays) {
  constexpr std::string_view kClaims =
      R"({"https://x/y": {"a~b": [{"id": 1}, {"id": 2}]}, "": {"": 5}, "0": 6, "s": "text"})";
  EXPECT_THAT(json_at("/https:~1~1x~1y/a~0b/1/id", kClaims), ElementsAre("2"));
  EXPECT_THAT(json_at("//", kClaims), ElementsAre("5"));
  EXPECT_THAT(json_at("/0", kClaims), ElementsAre("6"));
  for (const auto* pointer :
       {"/https:~1~1x~1y/a~0b/2/id", "/https:~1~1x~1y/a~0b/01/id", "/https:~1~1x~1y/a~0b/-/id",
        "/https:~1~1x~1y/a~0b/+1/id", "/https:~1~1x~1y/a~0b/99999999999999999999999/id",
        "/https:~1~1x~1y/a~0b//id", "/s/0", "/s/x", "/0/x"}) {
    EXPECT_THAT(json_at(pointer, kClaims), IsEmpty()) << pointer;
  }
}

TEST(ClaimValues, NumberThatCannotBeWrittenIsNone) {
  EXPECT_THAT(json_at("/n", R"({"n": 1e400})"), IsEmpty());
  // The parser reads neither this nor any short way to write it as it reads that way.
  EXPECT_THAT(json_at("/n", R"({"n": [1.7161392603081718e+277, 2.5]})"), ElementsAre("2.5"));
}

TEST(ClaimValues, JsonIsReadAsTheSameValue) {
  const auto values =
      values_at("/v", R"({"v": ["x", "\u0000\ud83d\ude00", 0, -0.0, 0.1, 1e22, 5e-324, true,
                              9223372036854775807, 9223372036854775808, 1e19, -1e18]})");
  EXPECT_GE(values.all().size(), 10U);
  for (const auto& value : values.all()) EXPECT_EQ(scalar(JsonText(value.json)), value.value);
}

TEST(ClaimValues, FindsAValue) {
  const auto values = values_at("/v", R"({"v": ["a", 30, true]})");
  ASSERT_EQ(values.only(FieldValue(30.0)).size(), 1U);
  EXPECT_EQ(values.only(FieldValue(30.0))[0].json, "30");
  EXPECT_TRUE(values.only(FieldValue("30")).empty());
  EXPECT_TRUE(values.only(FieldValue()).empty());
}

}  // namespace
}  // namespace rig::subscriptions
