#include "logic/strict_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::jwt {
namespace {

TEST(StrictJson, TakesAnObject) {
  const auto header = parse_header(R"({"alg":"HS256","n":[1,2.5,{"a":null}],"t":true})");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->at("alg").as_string(), "HS256");
  EXPECT_EQ(header->at("n").as_array().size(), 3U);
}

TEST(StrictJson, AHeaderIsAnObject) {
  for (const char* text : {"", "[]", "1", "null", "\"alg\"", "{} {}", "{", "{}x", "{\"a\":}"})
    EXPECT_FALSE(parse_header(text).has_value()) << text;
}

TEST(StrictJson, RefusesTwoMembersOfOneName) {
  EXPECT_FALSE(parse_header(R"({"alg":"none","alg":"HS256"})").has_value());
  EXPECT_FALSE(parse_header("{\"alg\":1,\"\\u0061lg\":2}").has_value());
  EXPECT_FALSE(parse_document(R"({"a":[{"b":1,"c":2,"b":3}]})").has_value());
  EXPECT_TRUE(parse_document(R"({"a":{"b":1},"b":{"b":2},"c":[{"b":3},{"b":4}]})").has_value());
}

TEST(StrictJson, RefusesWhatIsNoUtf8) {
  EXPECT_FALSE(parse_header("{\"a\":\"\xFF\"}").has_value());
  EXPECT_FALSE(parse_header("{\"a\":\"\xC0\xAE\"}").has_value());
}

TEST(StrictJson, DepthAndMembersAreBounded) {
  EXPECT_FALSE(parse_document(std::string(33, '[') + std::string(33, ']')).has_value());
  EXPECT_TRUE(parse_document(std::string(32, '[') + std::string(32, ']')).has_value());
  std::string many = "{\"m0\":0";
  for (int i = 1; i < 65; ++i) many += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_FALSE(parse_header(many + "}").has_value());
  EXPECT_TRUE(parse_document(many + "}").has_value());
}

TEST(StrictJson, NoNumberIsNotANumber) {
  const auto value = parse_document("[0e999,-0e999,1e300]");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->as_array()[0].as_double(), 0.0);
  EXPECT_EQ(value->as_array()[1].as_double(), 0.0);
  EXPECT_EQ(value->as_array()[2].as_double(), 1e300);
}

}  // namespace
}  // namespace rig::jwt
