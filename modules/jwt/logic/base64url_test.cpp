#include "logic/base64url.hpp"

#include "logic/testing/signer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::jwt {
namespace {

TEST(Base64Url, DecodesEveryLength) {
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("Zg"), "f");
  EXPECT_EQ(decode_base64url("Zm8"), "fo");
  EXPECT_EQ(decode_base64url("Zm9v"), "foo");
  EXPECT_EQ(decode_base64url("Zm9vYg"), "foob");
  EXPECT_EQ(decode_base64url("-_8"), "\xFB\xFF");  // RFC 4648, 5: the two digits of its own
}

TEST(Base64Url, RefusesWhatIsNotItsAlphabet) {
  for (const char* text : {"Zg==", "Zm8=", "Zm9v=", "+/8", "Zm 9v", "Zm9v\n", "\tZm9v", "Zm9v.",
                           "Zm9v\xC3\xA4", "Z%3D", "*m9v"})
    EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
  EXPECT_EQ(decode_base64url(std::string("Zm\0v", 4)), std::nullopt);
}

TEST(Base64Url, RefusesALengthThatNoBytesHave) {
  EXPECT_EQ(decode_base64url("Z"), std::nullopt);
  EXPECT_EQ(decode_base64url("Zm9vY"), std::nullopt);
}

TEST(Base64Url, RefusesUnusedBitsThatAreNotZero) {
  EXPECT_EQ(decode_base64url("Zh"), std::nullopt);   // "f" is Zg
  EXPECT_EQ(decode_base64url("Zm9"), std::nullopt);  // "fo" is Zm8
}

TEST(Base64Url, EachSequenceOfBytesComesBack) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
}

}  // namespace
}  // namespace rig::jwt
