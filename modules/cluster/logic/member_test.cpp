#include "logic/member.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rig::cluster {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Member example() {
  Member member;
  member.id = "00ff";
  member.name = "gateway-1";
  member.version = "4.0.0";
  member.state = Member::kServing;
  member.since = Member::Time(std::chrono::milliseconds(1'700'000'000'123));
  member.connections = 7;
  member.interest = 2;
  member.types = {"a", "b\"c"};
  return member;
}

TEST(Member, ComesBackAsItWas) {
  const auto parsed = parse_member(to_text(example()));
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(*parsed, example());
}

TEST(Member, WhatIsNotKnownIsPassedOver) {
  auto text = to_text(example());
  text.insert(1, R"("load":[1,{"x":2}],)");
  auto other_state = example();
  other_state.state = "hibernating";
  ASSERT_TRUE(parse_member(text));
  EXPECT_EQ(*parse_member(text), example());
  EXPECT_EQ(*parse_member(to_text(other_state)), other_state);
}

TEST(Member, WhatIsNoneIsRefusedAndNotRepeated) {
  auto without_id = example();
  without_id.id = "a b";
  for (const std::string& text :
       {std::string("secret"), std::string("[]"), std::string("{}"), std::string(R"({"id":1})"),
        to_text(without_id), std::string(70'000, ' ') + to_text(example())}) {
    const auto parsed = parse_member(text);
    ASSERT_FALSE(parsed) << text.substr(0, 20);
    EXPECT_THAT(parsed.error(), Not(HasSubstr("secret")));
  }
}

TEST(Member, WhatIsTooMuchIsCut) {
  auto big = example();
  big.name = std::string(1'000, 'n');
  big.types.assign(300, std::string(300, 't'));
  big.types[0] = "short";
  const auto parsed = parse_member(to_text(big));
  ASSERT_FALSE(parsed) << "more than a node may say";
  big.types.assign(100, std::string(300, 't'));
  const auto cut = parse_member(to_text(big));
  ASSERT_TRUE(cut) << cut.error();
  EXPECT_EQ(cut->name.size(), 255U);
  EXPECT_EQ(cut->types.size(), kTypesMax);
  EXPECT_EQ(cut->types[0].size(), kTypeBytesMax);
}

TEST(Member, TimesOfAllClocksCanBeWritten) {
  EXPECT_EQ(to_text(example().since), "2023-11-14T22:13:20.123Z");
  auto text = to_text(example());
  text.replace(text.find("1700000000123"), 13, "9223372036854775807");
  const auto parsed = parse_member(text);
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(to_text(parsed->since), "9999-12-31T00:00:00.000Z");
}

}  // namespace
}  // namespace rig::cluster
