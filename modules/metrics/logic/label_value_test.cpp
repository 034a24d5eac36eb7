#include "logic/label_value.hpp"

#include <gtest/gtest.h>

namespace rig::metrics {
namespace {

TEST(LabelValue, TextIsKeptAsItIs) {
  EXPECT_EQ(safe_label_value(""), "");
  EXPECT_EQ(safe_label_value("com.example.order"), "com.example.order");
  EXPECT_EQ(safe_label_value("\"quoted\\"), "\"quoted\\");
  EXPECT_EQ(safe_label_value("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
}

TEST(LabelValue, WhatIsNotUtf8IsReplaced) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(safe_label_value("a\xFFz"), "a" + bad + "z");
  EXPECT_EQ(safe_label_value("\xC3"), bad);                                // cut short
  EXPECT_EQ(safe_label_value("\xC0\xAF"), bad + bad);                      // overlong
  EXPECT_EQ(safe_label_value("\xE0\x80\xAF"), bad + bad + bad);            // overlong
  EXPECT_EQ(safe_label_value("\xED\xA0\x80"), bad + bad + bad);            // surrogate
  EXPECT_EQ(safe_label_value("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // above U+10FFFF
  EXPECT_EQ(safe_label_value("\xE2\x82z"), bad + bad + "z");               // broken off inside
}

TEST(LabelValue, ControlCharactersAreReplaced) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(safe_label_value("a\nb"), "a" + bad + "b");
  EXPECT_EQ(safe_label_value(std::string_view("\0\x7F", 2)), bad + bad);
}

TEST(LabelValue, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(safe_label_value(std::string(kLabelValueBytesMax, 'a')),
            std::string(kLabelValueBytesMax, 'a'));
  EXPECT_EQ(safe_label_value(std::string(100'000, 'a')), std::string(kLabelValueBytesMax, 'a'));
  const std::string almost(kLabelValueBytesMax - 1, 'a');
  EXPECT_EQ(safe_label_value(almost + "\xC3\xBC"), almost);
  EXPECT_EQ(safe_label_value(almost + "\xFF"), almost);
}

}  // namespace
}  // namespace rig::metrics
