#include "logic/seal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::peers {
namespace {

const Seal kSeal(Secret("a secret of the cluster"));
constexpr auto kPurpose = Purpose::kConnection;

TEST(Seal, WhatIsSealedOpensWithTheSameSecret) {
  const auto sealed = kSeal.seal(kPurpose, "text");
  EXPECT_EQ(
      sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  const auto opened = Seal(Secret("a secret of the cluster")).open(kPurpose, sealed);
  EXPECT_TRUE(opened.is_genuine);
  EXPECT_EQ(opened.text, "text");
}

/// The key by HKDF and the seal by HMAC, both as Python's `hmac` makes them.
TEST(Seal, IsMadeAsDocumented) {
  EXPECT_EQ(kSeal.seal(kPurpose, "text"), "textEgj8_qQxW3JYdhLE3STzoa2h");
}

TEST(Seal, NobodyElseMakesOne) {
  const auto sealed = kSeal.seal(kPurpose, "text");
  EXPECT_FALSE(Seal(Secret("another secret")).open(kPurpose, sealed).is_genuine);
  EXPECT_FALSE(kSeal.open(Purpose::kCorrelation, sealed).is_genuine) << "for another purpose";
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto forged = sealed;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(kSeal.open(kPurpose, forged).is_genuine) << i;
  }
  for (const auto& text : {std::string(), std::string("text"), sealed.substr(1), sealed + "A"})
    EXPECT_FALSE(kSeal.open(kPurpose, text).is_genuine) << text;
}

}  // namespace
}  // namespace rig::peers
