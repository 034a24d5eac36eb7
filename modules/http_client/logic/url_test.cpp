#include "logic/url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::http_client {
namespace {

TEST(Url, PartsAndDefaults) {
  const auto url = parse_url("http://example.com");
  ASSERT_TRUE(url);
  EXPECT_FALSE(url->is_https);
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, "80");
  EXPECT_EQ(url->target, "/");
  EXPECT_EQ(url->authority(), "example.com");
  EXPECT_EQ(url->server(), "example.com:80");
  EXPECT_EQ(parse_url("HTTPS://example.com")->port, "443");
}

TEST(Url, PortPathQueryAndFragment) {
  const auto url = parse_url("https://example.com:8443/a%20b/c?d=e&f#g");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->is_https);
  EXPECT_EQ(url->authority(), "example.com:8443");
  EXPECT_EQ(url->target, "/a%20b/c?d=e&f");
  EXPECT_EQ(parse_url("http://example.com?a")->target, "/?a");
  EXPECT_EQ(parse_url("http://example.com:/")->port, "80");
  EXPECT_EQ(parse_url("https://example.com:443/")->authority(), "example.com");
}

TEST(Url, Addresses) {
  EXPECT_EQ(parse_url("http://127.0.0.1:1/")->host, "127.0.0.1");
  const auto url = parse_url("http://[::1]:81/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:81");
}

TEST(Url, WhatIsNoUrlOfAServerIsRefused) {
  for (const std::string text :
       {"", "example.com", "/path", "ftp://example.com/", "http:", "http://", "http:///path",
        "http://user:secret@example.com/", "http://example.com:0/", "http://example.com:99999/",
        "http://example.com:-1/", "http://exa mple.com/", "http://example.com/a\r\nb",
        "http://a%0d%0ab/", "http://a%00b/", "http://a%2fb/", "http://[v1.a]/", "http://[::1/"}) {
    const auto url = parse_url(text);
    EXPECT_TRUE(url.has_error()) << text;
    if (url.has_error()) EXPECT_EQ(url.error().find("secret"), std::string::npos);
  }
  EXPECT_TRUE(parse_url("http://example.com/" + std::string(9000, 'x')).has_error());
}

TEST(Url, ANameThatBeginsLikeAnAddressIsNotTheAddress) {
  for (const std::string text :
       {"http://127.0.0.1.example/x", "http://127.0.0.1.example", "http://127.0.0.1.example:80/x",
        "http://127.0.0.1:80.example/x", "http://127.0.0.1x?y", "http://[::1].example/x",
        "http://127.0.0.1@example.com/"})
    EXPECT_TRUE(parse_url(text).has_error()) << text;
}

}  // namespace
}  // namespace rig::http_client
