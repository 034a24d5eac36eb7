#include "logic/encoding.hpp"

#include <gtest/gtest.h>

namespace rig::openapi {
namespace {

// "hello\n" by `gzip -9 -n`.
constexpr std::string_view kHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
    "\x00\x00\x00",
    26);

TEST(Encoding, GzipIsForWhoTakesIt) {
  for (const auto* header :
       {"gzip", "GZIP", "br, gzip", "deflate,gzip;q=0.5", "*", "br;q=1, *;q=0.1", "gzip ; q=1.0"})
    EXPECT_TRUE(accepts_gzip(header)) << header;
  for (const auto* header : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "x-gzip2",
                             "*, gzip;q=0", "gzip;q=0, *"})
    EXPECT_FALSE(accepts_gzip(header)) << header;
}

TEST(Encoding, WhatGzipHasCompressedComesBack) { EXPECT_EQ(unzipped(kHello), "hello\n"); }

TEST(Encoding, TagIsThatOfTheContent) { EXPECT_EQ(tag_of(kHello), R"("20303a3606000000")"); }

TEST(Encoding, TagsAreListed) {
  EXPECT_TRUE(names_tag(R"("x")", R"("x")"));
  EXPECT_TRUE(names_tag(R"("y", W/"x")", R"("x")"));
  EXPECT_TRUE(names_tag("*", R"("x")"));
  EXPECT_FALSE(names_tag(R"("y")", R"("x")"));
  EXPECT_FALSE(names_tag("", R"("x")"));
}

}  // namespace
}  // namespace rig::openapi
