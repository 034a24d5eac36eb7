#include "logic/verified_tokens.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace rig::jwt {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Time = VerifiedTokens::Time;

constexpr Time at(int second) { return Time(seconds(second)); }

TokenRef token_until(std::optional<Time> expires_at) {
  return std::make_shared<Token>(Token{{}, expires_at});
}

class VerifiedTokensTest : public testing::Test {
 protected:
  void add(const std::string& name, std::optional<Time> expires_at = at(1000),
           std::size_t bytes = 500, std::uint64_t generation = 1, Time now = at(0)) {
    tokens_.add(fingerprint_of(name), token_until(expires_at), bytes, generation, now);
  }
  bool has(const std::string& name, Time now = at(0), std::uint64_t generation = 1) {
    return tokens_.find(fingerprint_of(name), generation, now) != nullptr;
  }

  VerifiedTokens tokens_{3, minutes(5)};
};

TEST_F(VerifiedTokensTest, AreFound) {
  add("a");
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
}

TEST_F(VerifiedTokensTest, AreForgottenWhenTheyExpire) {
  add("a", at(10));
  EXPECT_TRUE(has("a", at(9)));
  EXPECT_FALSE(has("a", at(10)));
  EXPECT_EQ(tokens_.size(), 0U);
}

TEST_F(VerifiedTokensTest, AreCheckedAnewAfterAWhile) {
  add("a", at(100'000));
  add("b", std::nullopt);
  EXPECT_TRUE(has("a", at(299)));
  EXPECT_FALSE(has("a", at(300)));
  EXPECT_FALSE(has("b", at(300)));
}

TEST_F(VerifiedTokensTest, OtherKeysMakeThemUnknown) {
  add("a");
  EXPECT_FALSE(has("a", at(0), 2));
  EXPECT_FALSE(has("a", at(0), 1));
}

TEST_F(VerifiedTokensTest, TheOneNotUsedForLongestMakesRoom) {
  add("a");
  add("b");
  add("c");
  EXPECT_TRUE(has("a"));
  add("d");
  EXPECT_EQ(tokens_.size(), 3U);
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
  EXPECT_TRUE(has("c"));
  EXPECT_TRUE(has("d"));
}

TEST_F(VerifiedTokensTest, LargeOnesCountAsSeveral) {
  add("a");
  add("b");
  add("large", at(1000), 1500);
  EXPECT_TRUE(has("large"));
  EXPECT_FALSE(has("a"));
  EXPECT_TRUE(has("b"));
  add("too large", at(1000), 16 << 10);
  EXPECT_FALSE(has("too large"));
  EXPECT_TRUE(has("b"));
}

TEST_F(VerifiedTokensTest, TheSameOneAgainTakesNoMoreRoom) {
  for (int i = 0; i < 10; ++i) add("a");
  add("b");
  add("c");
  EXPECT_EQ(tokens_.size(), 3U);
  EXPECT_TRUE(has("a"));
}

TEST(VerifiedTokens, CanBeSwitchedOff) {
  VerifiedTokens none(0, minutes(5));
  none.add(fingerprint_of("a"), token_until(at(1000)), 10, 1, at(0));
  EXPECT_EQ(none.find(fingerprint_of("a"), 1, at(0)), nullptr);
}

}  // namespace
}  // namespace rig::jwt
