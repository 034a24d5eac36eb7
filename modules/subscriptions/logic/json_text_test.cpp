#include "logic/json_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

std::vector<std::string> elements(const std::string& array) {
  std::vector<std::string> list;
  JsonText(array).for_each_element([&](JsonText e) { list.emplace_back(e.text()); });
  return list;
}

using Members = std::vector<std::pair<std::string, std::string>>;

Members members(const std::string& object) {
  Members list;
  JsonText(object).for_each_member(
      [&](JsonText name, JsonText value) { list.emplace_back(name.string(), value.text()); });
  return list;
}

TEST(JsonText, ArrayIsReadElementByElement) {
  EXPECT_EQ(elements("[]"), std::vector<std::string>{});
  EXPECT_EQ(elements("[1]"), std::vector<std::string>{"1"});
  EXPECT_EQ(elements(R"([1,"a,]","\"",[2,[3]],{"x":["]"]},true,null,-1.5e3])"),
            (std::vector<std::string>{"1", R"("a,]")", R"("\"")", "[2,[3]]", R"({"x":["]"]})",
                                      "true", "null", "-1.5e3"}));
}

TEST(JsonText, ObjectIsReadMemberByMember) {
  EXPECT_EQ(members("{}"), Members{});
  EXPECT_EQ(members(R"({"a":1,"b:}":{"c":{}},"\u0064":"\\","a":2})"),
            (Members{{"a", "1"}, {"b:}", R"({"c":{}})"}, {"d", R"("\\")"}, {"a", "2"}}));
}

TEST(JsonText, KindIsTheKindOfTheValue) {
  EXPECT_EQ(JsonText("{}").kind(), JsonText::Kind::kObject);
  EXPECT_EQ(JsonText("[]").kind(), JsonText::Kind::kArray);
  EXPECT_EQ(JsonText("\"\"").kind(), JsonText::Kind::kString);
  EXPECT_EQ(JsonText("0").kind(), JsonText::Kind::kNumber);
  EXPECT_EQ(JsonText("-1").kind(), JsonText::Kind::kNumber);
  EXPECT_EQ(JsonText("true").kind(), JsonText::Kind::kBoolean);
  EXPECT_EQ(JsonText("false").kind(), JsonText::Kind::kBoolean);
  EXPECT_EQ(JsonText("null").kind(), JsonText::Kind::kNull);
}

TEST(JsonText, StringIsUnescaped) {
  EXPECT_EQ(JsonText(R"("")").string(), "");
  EXPECT_EQ(JsonText(R"("plain ü")").string(), "plain ü");
  EXPECT_EQ(JsonText(R"("\u00fc\n\"\\\ud83d\ude00")").string(), "ü\n\"\\😀");
}

TEST(CompactJson, OnlySpaceBetweenTokensGoes) {
  EXPECT_EQ(compact_json(" [ 1 ,\t\"a b\\\" c \" ,\r\n{ \"x\" : 30.0 } ] "),
            R"([1,"a b\" c ",{"x":30.0}])");
}

TEST(ParseJson, ErrorSaysWhatAndWhere) {
  EXPECT_EQ(parse_json("[{").error(), "unexpected end of input at position 2");
  EXPECT_EQ(parse_json("").error(), "unexpected end of input at position 0");
  EXPECT_EQ(parse_json("[1,]").error(), "syntax error at position 3");
  EXPECT_EQ(parse_json("[1] x").error(), "extra data at position 4");
  EXPECT_TRUE(parse_json(" [1] ").has_value());
}

TEST(ParseJson, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)).has_value());
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax + 1)).has_error());
  EXPECT_TRUE(parse_json(nested(1'000'000)).has_error());
}

TEST(ParseJson, WhatIsNotUtf8IsRefused) {
  EXPECT_TRUE(parse_json("[\"\xff\"]").has_error());
  EXPECT_TRUE(parse_json("[\"\xc0\x80\"]").has_error());
  EXPECT_TRUE(parse_json(R"(["\ud800"])").has_error());
  EXPECT_TRUE(parse_json("[\"a\nb\"]").has_error());
}

}  // namespace
}  // namespace rig::subscriptions
