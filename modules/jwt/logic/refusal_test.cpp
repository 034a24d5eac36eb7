#include <rig/jwt/token.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rig::jwt {
namespace {

TEST(Refusal, EachHasAWordAndASentenceOfItsOwn) {
  std::set<std::string_view> words;
  std::set<std::string_view> sentences;
  constexpr int kCount = static_cast<int>(Refusal::kOverloaded) + 1;
  for (int i = 0; i < kCount; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    EXPECT_THAT(std::string(name_of(refusal)), testing::MatchesRegex("[a-z_]+"));
    EXPECT_TRUE(explain(refusal).ends_with('.'));
    words.insert(name_of(refusal));
    sentences.insert(explain(refusal));
  }
  EXPECT_EQ(words.size(), kCount);
  EXPECT_EQ(sentences.size(), kCount);
}

}  // namespace
}  // namespace rig::jwt
