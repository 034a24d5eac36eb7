#include <rig/core/field_syntax.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <string_view>

namespace rig {
namespace {

TEST(FieldSyntax, TokensAreWhatHeaderNamesAreMadeOf) {
  EXPECT_TRUE(is_token("x-my_ext.1"));
  for (const std::string_view text : {"", "a b", "a:b", "\xC3\xA4", "a\"", "a\n"}) {
    EXPECT_FALSE(is_token(text)) << text;
  }
  EXPECT_FALSE(is_token(std::string_view("a\0", 2)));
}

TEST(FieldSyntax, EveryCharacterOfATokenIsListed) {
  int count = 0;
  for (int i = 0; i < 256; ++i) count += is_token_char(static_cast<char>(i)) ? 1 : 0;
  EXPECT_EQ(count, 26 + 26 + 10 + 15);
}

TEST(FieldSyntax, ValuesHaveNoControlCharacters) {
  for (int i = 0; i < 256; ++i) {
    const bool is_control = std::iscntrl(i) != 0 && i < 0x80;
    const std::string value{'a', static_cast<char>(i), 'b'};
    EXPECT_EQ(has_value_chars_alone(value), !is_control || i == '\t') << i;
  }
  EXPECT_TRUE(has_value_chars_alone(""));
}

}  // namespace
}  // namespace rig
