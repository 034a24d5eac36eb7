#include <rig/peers/fields.hpp>

#include <gtest/gtest.h>

#include <string>

namespace rig::peers {
namespace {

TEST(Fields, ComeBackFromTheirText) {
  const std::string bytes("a\nb 7\0c\r\n", 9);
  Fields fields{{"one", "1"}, {"bytes", bytes}, {"empty", ""}};
  fields.add("one", "again");
  const auto parsed = Fields::parse(fields.to_text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->find("one"), "1");
  EXPECT_EQ(parsed->find("bytes"), bytes);
  EXPECT_EQ(parsed->find("empty"), "");
  EXPECT_EQ(parsed->find("none"), std::nullopt);
  EXPECT_EQ(parsed->text("none"), "");
  ASSERT_EQ(parsed->all().size(), 4U);
  EXPECT_EQ(parsed->all()[3].second, "again");
}

TEST(Fields, MayBeNone) {
  const auto parsed = Fields::parse("");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->all().empty());
}

TEST(Fields, LookLikeThis) { EXPECT_EQ((Fields{{"a", "xy"}}.to_text()), "a 2\nxy\n"); }

TEST(Fields, WhatIsCutOrHasAnotherFormIsNone) {
  const auto good = Fields{{"a", "xy"}, {"b", "z"}}.to_text();
  for (std::size_t size = 1; size < good.size(); ++size) {
    if (size == 7) continue;  // the first one whole
    EXPECT_FALSE(Fields::parse(std::string_view(good).substr(0, size))) << size;
  }
  for (const auto* text :
       {"\n", "a\n", "a 1\n", " 1\nx\n", "a x\nx\n", "a -1\nx\n", "a 1\nxy\n",
        "a 18446744073709551615\nx\n", "a 99999999999999999999\nx\n", "a  1\nx\n"})
    EXPECT_FALSE(Fields::parse(text)) << text;
}

}  // namespace
}  // namespace rig::peers
