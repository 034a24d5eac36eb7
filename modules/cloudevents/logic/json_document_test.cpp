#include "logic/json_document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::cloudevents {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonDocument, ScalarsKeepTheirTypeAndValue) {
  JsonDocument document;
  ASSERT_EQ(document.parse(R"( [null,true,-5,18446744073709551615,2.5,"x",0e999,1e999] )"),
            JsonFault::kNone);
  const JsonNode& array = document.root();
  EXPECT_TRUE(array.element(0)->is(JsonNode::Kind::kNull));
  EXPECT_TRUE(array.element(1)->boolean);
  EXPECT_EQ(array.element(2)->int64, -5);
  EXPECT_EQ(array.element(3)->uint64, UINT64_MAX);
  EXPECT_EQ(array.element(4)->number, 2.5);
  EXPECT_EQ(array.element(5)->string(), "x");
  EXPECT_EQ(array.element(6)->number, 0.0);
  EXPECT_GT(array.element(7)->number, 1e308);
  EXPECT_EQ(array.element(8), nullptr);
  EXPECT_EQ(array.member("0"), nullptr);
}

TEST(JsonDocument, MembersAreFoundBehindNestedValues) {
  JsonDocument document;
  ASSERT_EQ(document.parse(R"({"a":{"b":[1,{"c":2}],"x":0},"":3,"c":[[],{}],"d":4})"),
            JsonFault::kNone);
  const JsonNode& object = document.root();
  EXPECT_EQ(object.member("a")->member("b")->element(1)->member("c")->int64, 2);
  EXPECT_EQ(object.member("")->int64, 3);
  EXPECT_TRUE(object.member("c")->element(1)->is(JsonNode::Kind::kObject));
  EXPECT_EQ(object.member("d")->int64, 4);
  EXPECT_EQ(object.member("b"), nullptr);
  EXPECT_EQ(object.element(0), nullptr);
}

TEST(JsonDocument, TheLastOfEqualKeysCounts) {
  JsonDocument document;
  ASSERT_EQ(document.parse(R"({"a":1,"\u0061":2})"), JsonFault::kNone);
  EXPECT_EQ(document.root().member("a")->int64, 2);
}

TEST(JsonDocument, StringsAreViewsUnlessTheyHaveEscapes) {
  const std::string text = R"(["plain","a\n\u00e9\ud83d\ude00b","","\u0041"])";
  JsonDocument document;
  ASSERT_EQ(document.parse(text), JsonFault::kNone);
  EXPECT_EQ(document.root().element(0)->string().data(), text.data() + 2);
  EXPECT_EQ(document.root().element(1)->string(), "a\né😀b");
  EXPECT_EQ(document.root().element(2)->string(), "");
  EXPECT_EQ(document.root().element(3)->string(), "A");
}

TEST(JsonDocument, LongStringsWithEscapesArriveWhole) {
  std::string text = "[\"";
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    text += "äx\\\"y\\\\";
    expected += "äx\"y\\";
  }
  text += R"(","\t"])";
  JsonDocument document;
  ASSERT_EQ(document.parse(text), JsonFault::kNone);
  EXPECT_EQ(document.root().element(0)->string(), expected);
  EXPECT_EQ(document.root().element(1)->string(), "\t");
}

TEST(JsonDocument, SaysWhatIsWrong) {
  struct Case {
    std::string text;
    JsonFault fault;
    std::string_view words;
  };
  for (const auto& [text, fault, words] : std::initializer_list<Case>{
           {"{a:1}", JsonFault::kSyntax, "syntax error"},
           {R"({"a":01})", JsonFault::kSyntax, "syntax error"},
           {R"({"a":1,})", JsonFault::kSyntax, "syntax error"},
           {"[1]//", JsonFault::kTextAfterEnd, "there is text after its end"},
           {"\"a\nb\"", JsonFault::kSyntax, "syntax error"},
           {"NaN", JsonFault::kSyntax, "syntax error"},
           {"\xEF\xBB\xBF{}", JsonFault::kSyntax, "syntax error"},
           {"", JsonFault::kIncomplete, "it ends too early"},
           {" ", JsonFault::kIncomplete, "it ends too early"},
           {R"({"a":)", JsonFault::kIncomplete, "it ends too early"},
           {R"("a)", JsonFault::kIncomplete, "it ends too early"},
           {"{} {}", JsonFault::kTextAfterEnd, "there is text after its end"},
           {nested(65), JsonFault::kTooDeep, "it is nested deeper than 64 levels"},
           {std::string(1'000'000, '['), JsonFault::kTooDeep, "it is nested deeper than 64 levels"},
           {"1e99999999999", JsonFault::kNumber, "the exponent of a number is too large"},
           {R"("\ud800")", JsonFault::kSyntax, "syntax error"},
           {R"("\udc00")", JsonFault::kEscape, "a \\u escape is not a character"},
           {R"("\ud800\u0041")", JsonFault::kEscape, "a \\u escape is not a character"},
           {R"("\uzzzz")", JsonFault::kEscape, "a \\u escape is not a character"},
           {"\"\xC3(\"", JsonFault::kNotUtf8, "it is not UTF-8"},
           {"\"\\n\xED\xA0\x80\"", JsonFault::kNotUtf8, "it is not UTF-8"}}) {
    JsonDocument document;
    EXPECT_EQ(document.parse(text), fault) << text.substr(0, 80);
    EXPECT_EQ(describe(fault), words);
  }
  EXPECT_EQ(describe(JsonFault::kNone), "none");
}

TEST(JsonDocument, TheDepthLimitCountsWhatIsAround) {
  JsonDocument document;
  EXPECT_EQ(document.parse(nested(64)), JsonFault::kNone);
  document.clear();
  document.begin_object();
  document.add_string("data");
  EXPECT_EQ(document.parse(nested(64)), JsonFault::kTooDeep);
  EXPECT_EQ(document.parse(nested(63)), JsonFault::kNone);
}

TEST(JsonDocument, AFaultLeavesTheDocumentAsItWas) {
  JsonDocument document;
  document.begin_object();
  document.add_string("a");
  EXPECT_EQ(document.parse(R"([{"x":[1,2)"), JsonFault::kIncomplete);
  EXPECT_EQ(document.parse("[1,[2]]"), JsonFault::kNone);
  document.add_string("b");
  document.add_string("text");
  document.end_container();
  EXPECT_EQ(document.root().member("a")->element(1)->element(0)->int64, 2);
  EXPECT_EQ(document.root().member("b")->string(), "text");
}

}  // namespace
}  // namespace rig::cloudevents
