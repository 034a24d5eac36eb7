#include "logic/forwarded.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace rig::transport {
namespace {

using Header = TrustedProxies::Header;

Address at(std::string_view text) { return Address::parse(text).value(); }

TrustedProxies trusting(Header header, std::initializer_list<const char*> ranges) {
  TrustedProxies proxies;
  proxies.header = header;
  for (const char* range : ranges) proxies.ranges.push_back(AddressRange::parse(range).value());
  return proxies;
}

class XForwardedFor : public ::testing::Test {
 protected:
  Address client(std::initializer_list<std::string_view> lines, const char* peer = "10.0.0.1") {
    Headers headers;
    headers.add("host", "h");
    for (const auto line : lines) headers.add("X-Forwarded-For", line);
    return client_address(at(peer), headers, proxies_);
  }
  TrustedProxies proxies_ = trusting(Header::kXForwardedFor, {"10.0.0.0/8", "2001:db8::/32"});
};

TEST_F(XForwardedFor, OfAnUntrustedPeerIsIgnored) {
  EXPECT_EQ(client({"203.0.113.9"}, "198.51.100.1"), at("198.51.100.1"));
  proxies_.ranges.clear();
  EXPECT_EQ(client({"203.0.113.9"}), at("10.0.0.1"));
}

TEST_F(XForwardedFor, OfATrustedProxyTellsTheClient) {
  EXPECT_EQ(client({"203.0.113.9"}), at("203.0.113.9"));
  EXPECT_EQ(client({"203.0.113.9"}, "::ffff:10.0.0.1"), at("203.0.113.9"));
  EXPECT_EQ(client({"203.0.113.9"}, "2001:db8::7"), at("203.0.113.9"));
}

TEST_F(XForwardedFor, WhatTheClientMadeUpIsNotReached) {
  EXPECT_EQ(client({"1.1.1.1, 203.0.113.9"}), at("203.0.113.9"));
  EXPECT_EQ(client({"10.0.0.7, 203.0.113.9"}), at("203.0.113.9"));
  EXPECT_EQ(client({"garbage\"\\,,;, 203.0.113.9"}), at("203.0.113.9"));
}

TEST_F(XForwardedFor, IsWalkedOverAllTrustedHops) {
  EXPECT_EQ(client({"1.1.1.1, 203.0.113.9, 10.2.2.2,2001:db8::5 ,\t10.3.3.3"}), at("203.0.113.9"));
  EXPECT_EQ(client({"10.1.1.1, 10.2.2.2"}), at("10.1.1.1")) << "a client inside";
}

TEST_F(XForwardedFor, OfSeveralLinesIsOneList) {
  EXPECT_EQ(client({"1.1.1.1", "203.0.113.9", "10.2.2.2, 10.3.3.3"}), at("203.0.113.9"));
}

TEST_F(XForwardedFor, MayHavePorts) {
  EXPECT_EQ(client({"203.0.113.9:4711"}), at("203.0.113.9"));
  EXPECT_EQ(client({"[2001:db9::1]:4711"}), at("2001:db9::1"));
  EXPECT_EQ(client({"[2001:db9::1]"}), at("2001:db9::1"));
  EXPECT_EQ(client({"2001:db9::1"}), at("2001:db9::1"));
}

TEST_F(XForwardedFor, WithoutAnAddressTheProxyStandsForItsClients) {
  for (const auto* value : {"", " ", "unknown", "_hidden", "203.0.113.9,", "203.0.113.999",
                            "[203.0.113.9", "[::1]x", "203.0.113.9:", "name.example"}) {
    EXPECT_EQ(client({value}), at("10.0.0.1")) << value;
  }
  EXPECT_EQ(client({}), at("10.0.0.1"));
  EXPECT_EQ(client({"203.0.113.9, unknown, 10.2.2.2"}), at("10.2.2.2"));
}

TEST_F(XForwardedFor, TheOtherHeaderIsNotBelieved) {
  Headers headers;
  headers.add("forwarded", "for=1.1.1.1");
  headers.add("x-forwarded-for", "203.0.113.9");
  EXPECT_EQ(client_address(at("10.0.0.1"), headers, proxies_), at("203.0.113.9"));
}

class Forwarded : public ::testing::Test {
 protected:
  Address client(std::initializer_list<std::string_view> lines) {
    Headers headers;
    headers.add("x-forwarded-for", "1.2.3.4");
    for (const auto line : lines) headers.add("forwarded", line);
    return client_address(at("10.0.0.1"), headers, proxies_);
  }
  TrustedProxies proxies_ = trusting(Header::kForwarded, {"10.0.0.0/8"});
};

TEST_F(Forwarded, TellsTheClientByItsForParameter) {
  EXPECT_EQ(client({"for=203.0.113.9"}), at("203.0.113.9"));
  EXPECT_EQ(client({"For=203.0.113.9;proto=https;by=10.0.0.1"}), at("203.0.113.9"));
  EXPECT_EQ(client({"by=10.0.0.1; FOR=203.0.113.9 ;host=h"}), at("203.0.113.9"));
  EXPECT_EQ(client({R"(for="203.0.113.9:4711")"}), at("203.0.113.9"));
  EXPECT_EQ(client({R"(for="[2001:db8:cafe::17]:4711")"}), at("2001:db8:cafe::17"));
  EXPECT_EQ(client({R"(for="[2001:db8:cafe::17]")"}), at("2001:db8:cafe::17"));
  EXPECT_EQ(client({R"(for="2\03.0.113.9")"}), at("203.0.113.9"));
}

TEST_F(Forwarded, IsWalkedFromTheRightOverAllLines) {
  EXPECT_EQ(client({"for=1.1.1.1, for=203.0.113.9;proto=http, for=10.2.2.2"}), at("203.0.113.9"));
  EXPECT_EQ(client({"for=1.1.1.1", "for=203.0.113.9", "for=10.2.2.2,for=10.3.3.3"}),
            at("203.0.113.9"));
}

TEST_F(Forwarded, CommasAndSemicolonsInQuotesSeparateNothing) {
  EXPECT_EQ(client({R"(for=203.0.113.9;host="a, for=1.1.1.1")"}), at("203.0.113.9"));
  EXPECT_EQ(client({R"(host="a;for=1.1.1.1";for=203.0.113.9)"}), at("203.0.113.9"));
  EXPECT_EQ(client({R"(for=203.0.113.9;host="a\", for=1.1.1.1; x=\"")"}), at("203.0.113.9"));
  EXPECT_EQ(client({R"(for=203.0.113.9;host="a\\")"}), at("203.0.113.9"));
}

TEST_F(Forwarded, WhatTheClientMadeUpHasNoSay) {
  for (const auto* made_up : {R"(for="1.1.1.1)", R"(")", R"(\)", R"(\")", R"(for="\)", "for=;;=,,",
                              R"(host="a\\", for="x)", R"("""")"}) {
    EXPECT_EQ(client({std::string(made_up) + ", for=203.0.113.9"}), at("203.0.113.9")) << made_up;
    EXPECT_EQ(client({made_up, R"(for="203.0.113.9";by="_x")"}), at("203.0.113.9")) << made_up;
  }
}

TEST_F(Forwarded, WithoutAnAddressTheProxyStandsForItsClients) {
  for (const auto* value : {"", "proto=https", "for=unknown", "for=_hidden", R"(for="_SEVKISEK")",
                            "for=", "for=203.0.113.9;for=203.0.113.9", R"(for="203.0.113.9)",
                            R"(for=203.0.113.9")", R"(for=[2001:db8::1)", "203.0.113.9", R"(\")"}) {
    EXPECT_EQ(client({value}), at("10.0.0.1")) << value;
  }
  EXPECT_EQ(client({"for=203.0.113.9, for=unknown, for=10.2.2.2"}), at("10.2.2.2"));
}

}  // namespace
}  // namespace rig::transport
