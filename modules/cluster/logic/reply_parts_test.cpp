#include "logic/reply_parts.hpp"

#include <gtest/gtest.h>

namespace rig::cluster {
namespace {

using peers::CallFailure;

/// What whoever called gets of it.
std::optional<peers::CallResult> sent(const std::optional<std::string>& answer,
                                      std::size_t bytes_max) {
  ReplyParts parts;
  std::optional<peers::CallResult> result;
  for (const auto& part : parts_of(answer, bytes_max)) {
    EXPECT_FALSE(result) << "nothing behind the last part";
    EXPECT_LE(part.size(), bytes_max + 1);
    result = parts.add(part);
  }
  return result;
}

TEST(ReplyParts, AnAnswerOfAnySizeComesBack) {
  for (const unsigned size : {0U, 1U, 9U, 10U, 11U, 20U, 95U}) {
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
    const auto result = sent(text, 10);
    ASSERT_TRUE(result && *result) << size;
    EXPECT_EQ(**result, text);
    EXPECT_EQ(parts_of(text, 10).size(), size == 0 ? 1 : (size + 9) / 10);
  }
}

TEST(ReplyParts, ARefusalIsOne) {
  const auto result = sent(std::nullopt, 10);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->error(), CallFailure::kRefused);
}

TEST(ReplyParts, WhatIsNoPartIsARefusal) {
  for (const auto* part : {"", "?", "x+"}) {
    ReplyParts parts;
    EXPECT_FALSE(parts.add("*begin"));
    const auto result = parts.add(part);
    ASSERT_TRUE(result) << part;
    EXPECT_EQ(result->error(), CallFailure::kRefused);
  }
}

TEST(ReplyParts, NothingGrowsForEver) {
  ReplyParts parts;
  const std::string part = "*" + std::string(std::size_t{1} << 20U, 'x');
  std::optional<peers::CallResult> result;
  for (int i = 0; i < 100 && !result; ++i) result = parts.add(part);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->error(), CallFailure::kRefused);
}

}  // namespace
}  // namespace rig::cluster
