#include <rig/cloudevents/field_plan.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::cloudevents {
namespace {

using ::testing::ElementsAre;

TEST(JsonPointer, IsSplitIntoUnescapedTokens) {
  EXPECT_THAT(JsonPointer::parse("/data/name")->tokens, ElementsAre("data", "name"));
  EXPECT_THAT(JsonPointer::parse("/")->tokens, ElementsAre(""));
  EXPECT_THAT(JsonPointer::parse("//a/")->tokens, ElementsAre("", "a", ""));
  EXPECT_THAT(JsonPointer::parse("/a~1b/m~0n/~01")->tokens, ElementsAre("a/b", "m~n", "~1"));
  EXPECT_THAT(JsonPointer::parse("/data/0")->tokens, ElementsAre("data", "0"));
  EXPECT_THAT(JsonPointer::parse("/a b/ü%20\"")->tokens, ElementsAre("a b", "ü%20\""));
}

TEST(JsonPointer, SaysWhatIsWrong) {
  EXPECT_EQ(JsonPointer::parse("").error(), "is empty");
  EXPECT_EQ(JsonPointer::parse("data/name").error(), "does not start with '/'");
  EXPECT_EQ(JsonPointer::parse("#/data").error(), "does not start with '/'");
  for (const std::string_view text : {"/a~", "/a~2", "/~/b", "/~~0"}) {
    EXPECT_EQ(JsonPointer::parse(text).error(), "has a '~' that is followed by neither '0' nor '1'")
        << text;
  }
}

}  // namespace
}  // namespace rig::cloudevents
