#include "logic/address.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rig::transport {
namespace {

using namespace std::string_view_literals;

bool in(const char* range, const char* address) {
  return AddressRange::parse(range).value().contains(Address::parse(address).value());
}

TEST(Address, BothFormsOfAnIpv4AddressAreEqual) {
  const auto v4 = Address::parse("192.0.2.1");
  ASSERT_TRUE(v4.has_value());
  EXPECT_TRUE(v4->is_v4());
  EXPECT_EQ(v4, Address::parse("::ffff:192.0.2.1"));
  EXPECT_EQ(v4, Address::parse("::FFFF:c000:0201"));
  EXPECT_EQ(v4, Address::of_v4({192, 0, 2, 1}));
  EXPECT_NE(v4, Address::parse("::192.0.2.1")) << "not the mapped form";
}

TEST(Address, OnlyAddressesAreParsed) {
  for (const auto text : {""sv, "localhost"sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.1 "sv,
                          " 192.0.2.1"sv, "192.0.2.01"sv, "192.0.2.1:80"sv, "[::1]"sv, "::1%eth0"sv,
                          "0x7f.0.0.1"sv, ":::"sv, "1:2:3:4:5:6:7:8:9"sv, "::1\0"sv, "unknown"sv}) {
    EXPECT_FALSE(Address::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Address::parse(std::string(10'000, '1')).has_value());
}

TEST(Address, AnIpv6NetworkOf64BitsCountsAsOneClient) {
  const auto counted = [](const char* text) { return Address::parse(text).value().counted(); };
  EXPECT_EQ(counted("2001:db8:1:2:3:4:5:6"), counted("2001:db8:1:2::"));
  EXPECT_NE(counted("2001:db8:1:2::"), counted("2001:db8:1:3::"));
  EXPECT_NE(counted("192.0.2.1"), counted("192.0.2.2"));
  EXPECT_EQ(counted("192.0.2.1"), Address::parse("192.0.2.1"));
}

TEST(AddressRange, HasTheAddressesThatBeginLikeIt) {
  EXPECT_TRUE(in("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(in("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(in("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(in("192.0.2.7/31", "192.0.2.6"));
  EXPECT_FALSE(in("192.0.2.7/31", "192.0.2.8"));
  EXPECT_TRUE(in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(in("2001:db8::/33", "2001:db8:8000::"));
}

TEST(AddressRange, WithoutLengthIsOneAddress) {
  EXPECT_TRUE(in("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(in("192.0.2.1", "192.0.2.0"));
  EXPECT_TRUE(in("::1/128", "::1"));
  EXPECT_FALSE(in("::1", "::2"));
}

TEST(AddressRange, OfIpv4AndOfIpv6AreApart) {
  EXPECT_TRUE(in("0.0.0.0/0", "198.51.100.1"));
  EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(in("2000::/3", "198.51.100.1"));
  EXPECT_TRUE(in("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_TRUE(in("::/0", "2001:db8::1"));
  EXPECT_TRUE(in("::/0", "10.1.2.3"));
}

TEST(AddressRange, OnlyRangesAreParsed) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                           "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0/8x", "10.0.0.0/+8", "10/8",
                           "10.0.0.0/99999999999", "*", "proxy.example"}) {
    EXPECT_FALSE(AddressRange::parse(text).has_value()) << text;
  }
}

TEST(AddressHash, SpreadsNeighboursAndDependsOnTheSeed) {
  const AddressHash one(1), two(2);
  std::set<std::size_t> shards;
  int same = 0;
  for (std::uint8_t i = 0; i < 64; ++i) {
    const auto address = Address::of_v4({10, 0, 0, i});
    shards.insert(one(address) % 8);
    same += one(address) == two(address) ? 1 : 0;
  }
  EXPECT_EQ(shards.size(), 8U);
  EXPECT_EQ(same, 0);
}

TEST(Address, AsText) {
  for (const auto* text : {"192.0.2.1", "2001:db8::1", "::1"})
    EXPECT_EQ(Address::parse(text)->text(), text);
  EXPECT_EQ(Address::parse("::ffff:192.0.2.1")->text(), "192.0.2.1");
}

}  // namespace
}  // namespace rig::transport
