#include "logic/path.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace rig::proxy {
namespace {

/// The normalised path, or "400".
std::string normal(std::string_view path) {
  std::string buffer;
  const auto result = normalise_path(path, buffer);
  if (result) return std::string(*result);
  EXPECT_TRUE(result.error().reason.ends_with('.'));
  return "400";
}

bool is_refused(std::string_view target) {
  std::string buffer;
  return !parse_target(target, buffer);
}

TEST(Path, ThatIsNormalIsNotCopied) {
  const std::string_view path = "/a/b;c=d/e.f/g..h/(i)@!$&'*+,=:~_-//j/";
  std::string buffer;
  const auto result = normalise_path(path, buffer);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->data(), path.data());
  EXPECT_EQ(*result, path);
}

TEST(Path, EscapesOfUnreservedCharactersAreDecoded) {
  EXPECT_EQ(normal("/%61%5a%30%2d%2E%5f%7e"), "/aZ0-._~");
  EXPECT_EQ(normal("/%c3%a4%21"), "/%C3%A4%21");
  EXPECT_EQ(normal("/%2561"), "/%2561");  // once only
}

TEST(Path, DotSegmentsAreRemoved) {
  EXPECT_EQ(normal("/a/./b"), "/a/b");
  EXPECT_EQ(normal("/a/../b"), "/b");
  EXPECT_EQ(normal("/a/b/c/./../../g"), "/a/g");  // RFC 3986, 5.2.4
  EXPECT_EQ(normal("/public/../admin"), "/admin");
  EXPECT_EQ(normal("/public/%2e%2E/admin"), "/admin");
  EXPECT_EQ(normal("/public/.%2e/admin"), "/admin");
  EXPECT_EQ(normal("/a/."), "/a/");
  EXPECT_EQ(normal("/a/.."), "/");
  EXPECT_EQ(normal("/."), "/");
  EXPECT_EQ(normal("/a//b/.."), "/a//");
  EXPECT_EQ(normal("/.a/..b/c."), "/.a/..b/c.");
  EXPECT_EQ(normal("/..."), "/...");
}

TEST(Path, ThatLeavesTheRootIsRefused) {
  EXPECT_EQ(normal("/.."), "400");
  EXPECT_EQ(normal("/../admin"), "400");
  EXPECT_EQ(normal("/a/../../admin"), "400");
  EXPECT_EQ(normal("/%2e%2e/admin"), "400");
}

TEST(Path, ThatLooksLikeAnAuthorityIsRefused) {
  EXPECT_EQ(normal("//other:80/x"), "400");
  EXPECT_EQ(normal("///x"), "400");
  EXPECT_EQ(normal("/.//other/x"), "400");
  EXPECT_EQ(normal("/a/..//other/x"), "400");
  EXPECT_EQ(normal("/%2e//other"), "400");
  EXPECT_EQ(normal("//../x"), "400");
  EXPECT_EQ(normal("x"), "400");
  EXPECT_EQ(normal(""), "400");
}

TEST(Path, EncodedSeparatorsStayEncoded) {
  EXPECT_EQ(normal("/a%2fb"), "/a%2Fb");
  EXPECT_EQ(normal("/a%5cb"), "/a%5Cb");
  EXPECT_EQ(normal("/%2fother/x"), "/%2Fother/x");
}

TEST(Path, DotSegmentsThatOnlySomeServersSeeAreRefused) {
  for (const auto* path :
       {"/public/..%2fadmin", "/public/x%2F..%2Fadmin", "/public/%2e%2e%5cadmin", "/public%2F..",
        "/public/x%5c.", "/public/..;/admin", "/public/..;a=b", "/public/.;/x", "/a%2f..;x"})
    EXPECT_EQ(normal(path), "400") << path;
  EXPECT_EQ(normal("/public/a..%2F..b"), "/public/a..%2F..b");
}

TEST(Path, WhatMustBeEncodedIsRefused) {
  for (const auto* path : {"/a\\b", "/a|b", "/a b", "/a\tb", "/a\"b", "/a<b", "/a>b", "/a^b",
                           "/a`b", "/a{b}", "/a[b]", "/a#b", "/\xC3\xA4", "/a\x7F"})
    EXPECT_EQ(normal(path), "400") << path;
  EXPECT_EQ(normal(std::string_view("/a\0b", 4)), "400");
}

TEST(Path, BrokenEscapesAndEncodedControlCharactersAreRefused) {
  for (const auto* path :
       {"/%", "/%4", "/%zz", "/%4g", "/a%2", "/%00", "/%0a", "/%0D", "/%1f", "/%7F"})
    EXPECT_EQ(normal(path), "400") << path;
}

TEST(RequestTarget, KeepsTheQueryByteForByte) {
  std::string buffer;
  const std::string_view target = "/a/./b?b=2&a=1&a=3&flag&x%5by%5D=%20z&l[]=2|'\"%zz?/../";
  const auto result = parse_target(target, buffer);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->form, RequestTarget::Form::kOrigin);
  EXPECT_EQ(result->path, "/a/b");
  EXPECT_EQ(result->query, "b=2&a=1&a=3&flag&x%5by%5D=%20z&l[]=2|'\"%zz?/../");
  EXPECT_TRUE(result->has_query);
}

TEST(RequestTarget, TellsAnEmptyQueryFromNone) {
  std::string buffer;
  EXPECT_TRUE(parse_target("/a?", buffer)->has_query);
  EXPECT_FALSE(parse_target("/a", buffer)->has_query);
}

TEST(RequestTarget, OfAbsoluteFormHasAnAuthority) {
  std::string buffer;
  const auto result = parse_target("HTTP://shop.example:8080/%61?q", buffer);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->form, RequestTarget::Form::kAbsolute);
  EXPECT_EQ(result->authority, "shop.example:8080");
  EXPECT_EQ(result->path, "/a");
  EXPECT_EQ(result->query, "q");
  EXPECT_EQ(parse_target("https://[2001:db8::1]", buffer)->path, "/");
  EXPECT_EQ(parse_target("http://host?x", buffer)->query, "x");
}

TEST(RequestTarget, OfAnotherFormIsRefused) {
  for (const auto* target : {"", "host:443", "ftp://host/", "http:///x", "http://user@host/",
                             "http://:80/", "http:/x", "http://ho st/", "http://host\\evil/",
                             "http://host//other/x", "a/b", "?x", "**", "javascript:alert(1)"})
    EXPECT_TRUE(is_refused(target)) << target;
}

TEST(RequestTarget, OfTheServerItselfHasNoPathOfARoute) {
  std::string buffer;
  const auto result = parse_target("*", buffer);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->form, RequestTarget::Form::kAsterisk);
  EXPECT_EQ(result->path, "*");
}

TEST(RequestTarget, RefusesWhatCouldEndALineOrCutTheQuery) {
  for (const auto* target : {"/a?b c", "/a?b\r\nc", "/a?b#c", "/a?\x7F", "/a#b", "/a?b\tc"})
    EXPECT_TRUE(is_refused(target)) << target;
}

}  // namespace
}  // namespace rig::proxy
