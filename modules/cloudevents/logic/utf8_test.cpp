#include "logic/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::cloudevents {
namespace {

TEST(Utf8, AcceptsEverySequenceOfTheStandardAtItsLimits) {
  for (const std::string_view text :
       {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEC\xBF\xBF", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF3\xBF\xBF\xBF",
        "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8("12345678" + std::string(text) + "12345678")) << text;
  }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsCutOff) {
  for (const std::string_view text :
       {"\x80", "\xBF", "\xC0\xA0", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82",
        "\xF0\x9F\x98", "\xC3(", "\xE2(\xAC", "\xE2\x82(", "\xF0\x9F\x98("}) {
    EXPECT_FALSE(is_utf8(text));
    EXPECT_FALSE(is_utf8("12345678" + std::string(text)));
    EXPECT_EQ(utf8_sequence_length(text), 0U);
  }
}

TEST(Utf8, FindsControlCharactersOfBothRanges) {
  for (const std::string_view text : {"\n", "a\x1F", "\x7F", "\xC2\x80", "a\xC2\x9F"}) {
    EXPECT_TRUE(has_control_character(text));
  }
  EXPECT_TRUE(has_control_character(std::string_view("\0", 1)));
  for (const std::string_view text : {"", " ~", "\xC2\xA0", "\xC3\x80", "\xE2\x80\xA8"}) {
    EXPECT_FALSE(has_control_character(text));
  }
}

}  // namespace
}  // namespace rig::cloudevents
