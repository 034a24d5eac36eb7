#include "logic/json_document.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gtest/gtest.h>

namespace rig::cloudevents {
namespace {

TEST(QuoteJson, EscapesWhatJsonDemandsAndNothingElse) {
  EXPECT_EQ(quote_json(""), R"("")");
  EXPECT_EQ(quote_json("a/b ~\x7F"), "\"a/b ~\x7F\"");
  EXPECT_EQ(quote_json("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(quote_json(std::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(quote_json("€ 😀"), "\"€ 😀\"");
}

TEST(QuoteJson, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(quote_json("a\xFF\xC3"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(QuoteJson, EveryByteComesBackFromAParser) {
  std::string all;
  for (char c = 0; c < 0x7F; ++c) all += c;
  const std::string json = quote_json(all);
  JsonDocument document;
  ASSERT_EQ(document.parse(json), JsonFault::kNone);
  EXPECT_EQ(document.root().string(), all);
}

}  // namespace
}  // namespace rig::cloudevents
