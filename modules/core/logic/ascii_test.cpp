#include <rig/core/ascii.hpp>

#include <gtest/gtest.h>

namespace rig {
namespace {

static_assert(to_lower('A') == 'a' && to_lower('Z') == 'z');
static_assert(equals_ignoring_case("Content-Type", "cONTENT-tYPE"));

TEST(Ascii, OnlyItsLettersChange) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool is_upper = c >= 'A' && c <= 'Z';
    EXPECT_EQ(to_lower(c), is_upper ? static_cast<char>(c + 32) : c) << i;
  }
  EXPECT_EQ(lower_case("X-\xC3\x84-@[Z"), "x-\xC3\x84-@[z");
}

TEST(Ascii, NamesAreTheSameInAnyCase) {
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_TRUE(equals_ignoring_case("ACCEPT", "accept"));
  EXPECT_FALSE(equals_ignoring_case("accept", "accept-language"));
  EXPECT_FALSE(equals_ignoring_case("a@", "a`")) << "a bit of difference is not case everywhere";
  EXPECT_FALSE(equals_ignoring_case("a[", "a{"));
}

}  // namespace
}  // namespace rig
