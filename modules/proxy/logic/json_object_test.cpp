#include "logic/json_object.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Members = std::vector<std::pair<std::string, std::string>>;

Members members_of(std::string_view text) {
  Members found;
  auto object = JsonObject::parse(text);
  EXPECT_TRUE(object) << text;
  if (!object) return found;
  while (const auto member = object->next()) found.emplace_back(member->name, member->value);
  return found;
}

TEST(JsonObject, HasItsMembersAsTheyAreWritten) {
  EXPECT_THAT(members_of("{}"), IsEmpty());
  EXPECT_THAT(members_of(" \r\n{ \t} "), IsEmpty());
  EXPECT_THAT(
      members_of(R"({"a":1.50e+03,"b" : "x\u0041\"}]" ,"c":[ {"d":"]"}, [] ],"e":{"f":{}}})"),
      ElementsAre(Pair("a", "1.50e+03"), Pair("b", R"("x\u0041\"}]")"),
                  Pair("c", R"([ {"d":"]"}, [] ])"), Pair("e", R"({"f":{}})")));
  EXPECT_THAT(members_of("{\"a\":true\n,\"b\":null\t}"),
              ElementsAre(Pair("a", "true"), Pair("b", "null")));
}

TEST(JsonObject, TellsNamesWhateverTheirSpelling) {
  EXPECT_THAT(members_of(R"({"\u0072ig":1,"rig":2,"\\":3,"":4})"),
              ElementsAre(Pair("rig", "1"), Pair("rig", "2"), Pair("\\", "3"), Pair("", "4")));
}

TEST(JsonObject, HasTheTextOfEachMember) {
  auto object = JsonObject::parse(R"({ "a" : [1, 2] , "b":"c"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->next()->text, R"("a" : [1, 2])");
  EXPECT_EQ(object->next()->text, R"("b":"c")");
  EXPECT_FALSE(object->next());
}

TEST(JsonObject, IsNoOtherValue) {
  for (const auto* text : {"[]", "1", "\"a\"", "null", " [{}] "}) {
    const auto object = JsonObject::parse(text);
    ASSERT_FALSE(object) << text;
    EXPECT_TRUE(object.error().is_json) << text;
  }
}

TEST(JsonObject, IsCheckedToItsEnd) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  for (const auto& text :
       {std::string(), std::string("{"), std::string("{\"a\":1}x"), std::string("{\"a\":1,}"),
        std::string("{\"a\":01}"), std::string("{'a':1}"), std::string("{\"a\":\"\xff\"}"),
        std::string("{\"a\":\"\n\"}"), std::string(R"({"a":"\ud800"})"), "{\"a\":" + deep + "}"}) {
    const auto object = JsonObject::parse(text);
    ASSERT_FALSE(object) << text;
    EXPECT_FALSE(object.error().is_json) << text;
    EXPECT_NE(object.error().reason, "") << text;
  }
}

}  // namespace
}  // namespace rig::proxy
