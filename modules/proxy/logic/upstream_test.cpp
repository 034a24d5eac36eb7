#include "logic/upstream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::proxy {
namespace {

Upstream http(std::string host) { return {false, std::move(host), 80}; }

TEST(Upstream, IsAHostOrAUrlOfWhichTheHostCounts) {
  EXPECT_EQ(parse_upstream("shop", 80), http("shop"));
  EXPECT_EQ(parse_upstream("shop_1.example.", 80), http("shop_1.example."));
  EXPECT_EQ(parse_upstream("10.0.0.1", 80), http("10.0.0.1"));
  EXPECT_EQ(parse_upstream("[::1]", 80), http("::1"));
  EXPECT_EQ(parse_upstream("HTTP://shop", 80), http("shop"));
  EXPECT_EQ(parse_upstream("http://user:pw@shop:99/path?q#f", 80), http("shop"));
  EXPECT_EQ(parse_upstream("http://[::1]:99", 80), http("::1"));
  EXPECT_EQ(parse_upstream("https://shop/", 443), (Upstream{true, "shop", 443}));
}

TEST(Upstream, RefusesWhatIsNeither) {
  for (const auto* url : {"",        "shop:80",       "shop/",      "//shop",      "ws://shop",
                          "http://", "https:///x",    "http://a b", "http://[::1", "http://[x]",
                          "[::1",    "http://shop:x", "-a",         ".a",          "a..b",
                          "a\r\nb",  "http://a:1:2",  "sh%6fp",     "[]",          "["})
    EXPECT_EQ(parse_upstream(url, 80), std::nullopt) << url;
  EXPECT_EQ(parse_upstream(std::string(254, 'a'), 80), std::nullopt);
}

TEST(Upstream, VariablesStandForTheirValues) {
  const EnvSnapshot variables{{"SHOP", "https://shop"}, {"EMPTY", ""}, {"BAD", "a b"}};
  EXPECT_EQ(resolve({"SHOP", 80, true}, variables), (Upstream{true, "shop", 80}));
  EXPECT_EQ(resolve({"SHOP", 80, false}, variables), http("SHOP"));
  EXPECT_EQ(resolve({"UNSET", 80, true}, variables), http("localhost"));
  EXPECT_EQ(resolve({"EMPTY", 80, true}, variables), http("localhost"));
  EXPECT_EQ(resolve({"BAD", 80, true}, variables), std::nullopt);
}

}  // namespace
}  // namespace rig::proxy
