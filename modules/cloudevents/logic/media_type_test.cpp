#include "logic/media_type.hpp"

#include <gtest/gtest.h>

namespace rig::cloudevents {
namespace {

TEST(MediaType, AcceptsTypesWithParameters) {
  for (const std::string_view text :
       {"text/plain", "TEXT/PLAIN", "text/plain;charset=utf-8", "text/plain ; charset=\"utf-8\"",
        "text/plain; a=b; c=d", "text/plain;", "text/plain;; a=b", " text/plain",
        "text/plain; a=\"x\\\"y;z\"", "text/plain\t;\ta=b "}) {
    const auto media = MediaType::parse(text);
    ASSERT_TRUE(media) << text;
    EXPECT_EQ(media->essence(), "text/plain") << text;
    EXPECT_TRUE(media->is("text", "plain")) << text;
  }
}

TEST(MediaType, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", "text", "text/", "/plain", "text/plain x", "te xt/plain", "text/plain;a",
        "text/plain;a=", "text/plain;=b", "text/plain;a=\"b", "text/plain;a=\"b\\",
        "text/plain,text/html", "text/pl\xC3\xA4in", "text/plain;a=\"\x01\"",
        "text/plain;a=\"\xC3\xA4\"", "text/plain\n", "text /plain"}) {
    EXPECT_FALSE(MediaType::parse(text)) << text;
  }
  EXPECT_FALSE(MediaType::parse(std::string_view("text/pl\0in", 10)));
}

TEST(MediaType, KnowsJsonByItsSubtype) {
  for (const std::string_view text :
       {"application/json", "Application/JSON; charset=utf-8", "text/json",
        "application/problem+json", "application/vnd.x+JSON"}) {
    EXPECT_TRUE(MediaType::parse(text)->is_json()) << text;
  }
  for (const std::string_view text :
       {"application/xml", "application/jsonp", "json/plain", "application/json+xml",
        "application/+json", "application/json-seq"}) {
    EXPECT_FALSE(MediaType::parse(text)->is_json()) << text;
  }
}

}  // namespace
}  // namespace rig::cloudevents
