#include "logic/yaml.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rig::proxy {
namespace {

using ::testing::HasSubstr;

std::string as_json(const std::string& yaml) {
  const auto value = parse_yaml(yaml);
  return value ? boost::json::serialize(*value) : "refused: " + value.error().why;
}

TEST(Yaml, ScalarsAreThoseOfTheCoreSchema) {
  EXPECT_EQ(as_json("[1, -2, +3, 0x1F, 0o17, 18446744073709551615, 1.5, 1e3, .5]"),
            "[1,-2,3,31,15,18446744073709551615,1.5E0,1E3,5E-1]");
  EXPECT_EQ(as_json("[true, False, null, ~, ]"), "[true,false,null,null]");
  EXPECT_EQ(as_json(R"(["1", 'true', !!str 7, "", yes, no, on, 1.2.3, -, e1, .inf, .nan, 1e999])"),
            R"(["1","true","7","","yes","no","on","1.2.3","-","e1",".inf",".nan","1e999"])");
}

TEST(Yaml, CollectionsAndAliasesAreResolved) {
  EXPECT_EQ(as_json("a: &x {b: [1, {c: d}]}\ne: *x\n"),
            R"({"a":{"b":[1,{"c":"d"}]},"e":{"b":[1,{"c":"d"}]}})");
  EXPECT_EQ(as_json(""), "null");
  EXPECT_EQ(as_json("1: x"), R"({"1":"x"})");
}

TEST(Yaml, RefusalSaysWhatAndWhere) {
  EXPECT_EQ(as_json("a: 1\nb:\n  <<: {c: 1}\n"),
            "refused: has a merge key, which is not supported (line 3, column 3)");
  EXPECT_THAT(as_json("a: 1\na: 2"), HasSubstr("has a key twice (line 2, column 1)"));
  EXPECT_THAT(as_json("[a]: 1"), HasSubstr("has a key that is no string"));
  EXPECT_THAT(as_json("!x a"), HasSubstr("has a tag that is not known"));
  EXPECT_THAT(as_json("a: [1"), HasSubstr("is no YAML: "));
  EXPECT_THAT(as_json("*unknown"), HasSubstr("is no YAML: "));
  EXPECT_THAT(as_json("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
  EXPECT_THAT(as_json(std::string(100, ',') + "id: x"), HasSubstr("is no YAML"));
}

TEST(Yaml, OfOtherTextThanUtf8IsRefused) {
  EXPECT_THAT(as_json("a: \xff\x01"), HasSubstr("refused"));
  EXPECT_THAT(as_json("\xff: 1"), HasSubstr("refused"));
  EXPECT_EQ(as_json("a: \xc3\xbc"), "{\"a\":\"\xc3\xbc\"}");
}

TEST(Yaml, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(as_json(nested(32)), nested(32));
  EXPECT_THAT(as_json(nested(33)), HasSubstr("is nested too deep"));
  EXPECT_THAT(as_json(nested(100'000)), HasSubstr("refused"));
  EXPECT_THAT(as_json("&a [*a]"), HasSubstr("refused"));
}

TEST(Yaml, AliasesCannotMakeItGrowWithoutBound) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 20; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j > 0 ? "," : "") + before;
    bomb += "]\n";
  }
  EXPECT_THAT(as_json(bomb), HasSubstr("has too many values"));
}

}  // namespace
}  // namespace rig::proxy
