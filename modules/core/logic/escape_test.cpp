#include <rig/core/escape.hpp>

#include <gtest/gtest.h>

namespace rig::core {
namespace {

using namespace std::string_view_literals;

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(Escape, ControlCharactersCannotStartANewLine) {
  EXPECT_EQ(one_line("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(one_line("\x1b[2J\x7f\0"sv), "\\x1b[2J\\x7f\\x00");
}

TEST(Escape, TwoByteControlSequencesAreEscapedAndUmlautsAreNot) {
  EXPECT_EQ(one_line("\xc2\x9b"), "\\xc2\\x9b");
  EXPECT_EQ(one_line("Grüße €😀"), "Grüße €😀");
}

TEST(Escape, BrokenUtf8IsShownByteByByte) {
  EXPECT_EQ(one_line("a\xff"), "a\\xff");
  EXPECT_EQ(one_line("\xc3"), "\\xc3");                             // cut off
  EXPECT_EQ(one_line("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(one_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(one_line("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(one_line("\xe0\x80\x80"), "\\xe0\\x80\\x80");
}

TEST(Escape, QuotesAndBackslashesInQuotesAreEscaped) {
  EXPECT_EQ(in_quotes(R"(say "a\b")"), R"("say \"a\\b\"")");
  EXPECT_EQ(in_quotes(""), R"("")");
}

TEST(Escape, LongValuesAreCutBetweenCharacters) {
  EXPECT_EQ(in_quotes(std::string(200, 'x')), '"' + std::string(120, 'x') + "…\"");
  EXPECT_EQ(cut("aä", 2), "a");
  EXPECT_EQ(cut("aä", 3), "aä");
  EXPECT_EQ(cut("😀", 3), "");
  EXPECT_EQ(cut("\x80\x80\x80\x80\x80\x80", 5), "\x80\x80"sv);  // not UTF-8: still bounded
  EXPECT_EQ(cut("abc", 0), "");
}

TEST(Escape, JsonStringsAreValidWhateverTheTextHolds) {
  EXPECT_EQ(json("a\"b\\c\nd\0e\x1f"sv), R"("a\"b\\c\nd\u0000e\u001f")");
  EXPECT_EQ(json("ü\xff"), "\"ü\\ufffd\"");
}

TEST(Escape, PrintableMeansNoControlAndValidUtf8) {
  EXPECT_TRUE(is_printable("Grüße 12"));
  EXPECT_TRUE(is_printable(""));
  EXPECT_FALSE(is_printable("a\n"));
  EXPECT_FALSE(is_printable("\xc2\x85"));
  EXPECT_FALSE(is_printable("\xfe"));
}

}  // namespace
}  // namespace rig::core
