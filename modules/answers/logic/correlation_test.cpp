#include "logic/correlation.hpp"

#include <rig/peers/test_identity.hpp>

#include <gtest/gtest.h>

namespace rig::answers {
namespace {

TEST(Correlation, ComesBackFromItsText) {
  const auto made = Correlation::make(0xdeadbeef, 7);
  const auto text = made.text();
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(Correlation::parse(text), made);
}

TEST(Correlation, OfAnythingElseIsNone) {
  const auto text = Correlation::make(1, 2).text();
  for (const auto& other : {std::string(), text + "0", text.substr(1), "x" + text.substr(1),
                            std::string(text.size(), '-'), "A" + text.substr(1)})
    EXPECT_EQ(Correlation::parse(other), std::nullopt) << other;
}

TEST(Correlation, WithoutAGenuineSealIsOfNoNode) {
  const peers::TestIdentity here(7);
  const auto made = Correlation::make(7, 2);
  EXPECT_EQ(parse_sealed(sealed_text(made, here), here), made);
  const auto forged = parse_sealed(made.text(), here);
  ASSERT_TRUE(forged);
  EXPECT_EQ(forged->node, peers::kNoNode);
  EXPECT_EQ(parse_sealed("x", here), std::nullopt);
}

TEST(Correlation, CannotBeGuessedFromAnother) {
  EXPECT_NE(Correlation::make(1, 2).secret, Correlation::make(1, 2).secret);
}

}  // namespace
}  // namespace rig::answers
