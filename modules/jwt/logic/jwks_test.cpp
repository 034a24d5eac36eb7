#include "logic/jwks.hpp"

#include "logic/testing/signers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <initializer_list>
#include <string>

namespace rig::jwt {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kText = "header.payload";

std::string set_of(std::initializer_list<std::string> keys) {
  std::string text;
  for (const auto& key : keys) text.append(text.empty() ? "" : ",").append(key);
  return R"({"keys":[)" + text + "]}";
}

Jwks parse(const std::string& text, JwksOrigin origin = JwksOrigin::kUrl) {
  ERR_clear_error();
  auto jwks = parse_jwks(text, origin);
  EXPECT_EQ(ERR_peek_error(), 0U);
  return *std::move(jwks);
}

/// Why the one key of a set is left out.
std::string note_on(const std::string& key) {
  const auto jwks = parse(set_of({key}));
  EXPECT_THAT(jwks.keys, IsEmpty());
  return jwks.notes.empty() ? "" : jwks.notes.front();
}

TEST(Jwks, EveryKindOfKeyIsRead) {
  for (const Algorithm algorithm : all_algorithms()) {
    const auto& signer = signer_of(algorithm);
    const auto jwks =
        parse(set_of({signer.jwk(R"("kid":"k","use":"sig")")}), JwksOrigin::kSettings);
    ASSERT_THAT(jwks.keys, SizeIs(1)) << name_of(algorithm);
    const Key& key = jwks.keys.front();
    EXPECT_EQ(key.kid(), "k");
    ASSERT_TRUE(key.allows(algorithm));
    EXPECT_TRUE(key.verify(algorithm, kText, signer.signature(kText)));
    EXPECT_FALSE(key.verify(algorithm, "x", signer.signature(kText)));
  }
  const auto ed448 = Signer::make(Algorithm::kEdDsa, "Ed448");
  const auto jwks = parse(set_of({ed448.jwk()}));
  ASSERT_THAT(jwks.keys, SizeIs(1));
  EXPECT_TRUE(jwks.keys[0].verify(Algorithm::kEdDsa, kText, ed448.signature(kText)));
}

TEST(Jwks, AKeyWithoutAlgIsForAllOfItsKind) {
  const auto jwks =
      parse(set_of({signer_of(Algorithm::kRs256).jwk(), signer_of(Algorithm::kEs384).jwk()}));
  ASSERT_THAT(jwks.keys, SizeIs(2));
  for (const Algorithm algorithm : all_algorithms()) {
    const auto family = family_of(algorithm);
    EXPECT_EQ(jwks.keys[0].allows(algorithm), family == Family::kRsa || family == Family::kRsaPss);
    EXPECT_EQ(jwks.keys[1].allows(algorithm), algorithm == Algorithm::kEs384);
  }
}

TEST(Jwks, AlgNarrowsAKey) {
  const auto jwks = parse(set_of({signer_of(Algorithm::kRs256).jwk(R"("alg":"PS384")")}));
  ASSERT_THAT(jwks.keys, SizeIs(1));
  for (const Algorithm algorithm : all_algorithms())
    EXPECT_EQ(jwks.keys[0].allows(algorithm), algorithm == Algorithm::kPs384);
}

// A public key must never become a secret that everybody knows.
TEST(Jwks, AlgMustFitTheKey) {
  const auto& rsa = signer_of(Algorithm::kRs256);
  const auto& ec = signer_of(Algorithm::kEs256);
  EXPECT_THAT(note_on(rsa.jwk(R"("alg":"HS256")")), HasSubstr("not for HS256"));
  EXPECT_THAT(note_on(rsa.jwk(R"("alg":"ES256")")), HasSubstr("not for ES256"));
  EXPECT_THAT(note_on(ec.jwk(R"("alg":"ES512")")), HasSubstr("not for ES512"));
  EXPECT_THAT(note_on(ec.jwk(R"("alg":"none")")), HasSubstr("algorithm that is not known"));
  EXPECT_THAT(note_on(rsa.jwk(R"("alg":"RSA-OAEP")")), HasSubstr("algorithm that is not known"));
  EXPECT_THAT(note_on(rsa.jwk(R"("alg":1)")), HasSubstr("algorithm that is not known"));
}

TEST(Jwks, SecretsComeFromTheSettingsOnly) {
  const auto& hmac = signer_of(Algorithm::kHs256);
  EXPECT_THAT(note_on(hmac.jwk()), HasSubstr("secret"));
  EXPECT_THAT(note_on(hmac.jwk(R"("alg":"HS256")")), HasSubstr("secret"));
  const auto jwks = parse(set_of({hmac.jwk(R"("alg":"HS256")"), R"({"kty":"oct","k":""})",
                                  hmac.jwk(R"("alg":"RS256")")}),
                          JwksOrigin::kSettings);
  EXPECT_THAT(jwks.keys, SizeIs(1));
  EXPECT_THAT(jwks.notes, ElementsAre("key 2 has no value", HasSubstr("not for RS256")));
}

TEST(Jwks, UseAndOperationsAreRespected) {
  const auto& rsa = signer_of(Algorithm::kRs256);
  for (const char* more : {R"("use":"enc")", R"("use":1)", R"("use":"")",
                           R"("key_ops":["encrypt"])", R"("key_ops":[])", R"("key_ops":"verify")",
                           R"("key_ops":["sign"])", R"("use":"enc","key_ops":["verify"])"})
    EXPECT_THAT(note_on(rsa.jwk(more)), HasSubstr("not for checking signatures")) << more;
  for (const char* more : {R"("use":"sig")", R"("key_ops":["verify"])",
                           R"("key_ops":["sign","verify"],"use":"sig","x5t":"abc","ext":true)"})
    EXPECT_THAT(parse(set_of({rsa.jwk(more)})).keys, SizeIs(1)) << more;
}

TEST(Jwks, BadKeysAreLeftOutWithANote) {
  const auto jwks = parse(set_of(
      {"1", "{}", R"({"kty":"XYZ"})", R"({"kty":"RSA"})", R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
       R"({"kty":"EC","crv":"P-256"})", R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})",
       R"({"kty":"OKP","crv":"X25519","x":"AA"})", R"({"kty":"OKP","crv":"Ed25519","x":"AA"})",
       signer_of(Algorithm::kEs256).jwk(R"("kid":7)"),
       signer_of(Algorithm::kEs256).jwk(R"("kid":"good")")}));
  ASSERT_THAT(jwks.keys, SizeIs(1));
  EXPECT_EQ(jwks.keys[0].kid(), "good");
  EXPECT_THAT(jwks.notes, SizeIs(10));
  EXPECT_EQ(jwks.notes[0], "key 1 is no object");
  EXPECT_THAT(jwks.notes[4], HasSubstr("bits"));
}

TEST(Jwks, NumbersAreStrictBase64url) {
  const auto& rsa = signer_of(Algorithm::kRs256);
  std::string padded = rsa.jwk();
  padded.replace(padded.find("AQAB"), 4, "AQAB=");
  EXPECT_THAT(note_on(padded), HasSubstr("number"));
}

TEST(Jwks, RsaExponentsThatAreNotSafeAreRefused) {
  for (const char* exponent : {"AQ", "AA", "Ag", "AQAA", "____________"}) {
    std::string jwk = signer_of(Algorithm::kRs256).jwk();
    jwk.replace(jwk.find("AQAB\""), 4, exponent);
    EXPECT_NE(note_on(jwk), "") << exponent;
  }
}

TEST(Jwks, PointsMustBeOnTheCurve) {
  const std::string one = encode_base64url(std::string(31, '\0') + '\x01');
  const std::string zero = encode_base64url(std::string(32, '\0'));
  const std::string full = encode_base64url(std::string(32, '\xFF'));
  for (const auto& [x, y] :
       {std::pair(one, one), std::pair(zero, zero), std::pair(full, full), std::pair(zero, one)})
    EXPECT_NE(note_on(R"({"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + y + "\"}"), "");
}

TEST(Jwks, CoordinatesHaveFullLength) {
  const std::string short_one = encode_base64url(std::string(31, '\x01'));
  const std::string long_one = encode_base64url(std::string(33, '\x01'));
  for (const auto& x : {short_one, long_one})
    EXPECT_THAT(note_on(R"({"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + x + "\"}"),
                HasSubstr("number"));
}

TEST(Jwks, OfTwoKeysWithOneKidTheFirstCounts) {
  const auto& first = signer_of(Algorithm::kEs256);
  const auto& second = signer_of(Algorithm::kRs256);
  const auto jwks = parse(
      set_of({first.jwk(R"("kid":"a")"), second.jwk(R"("kid":"a")"), second.jwk(), second.jwk()}));
  ASSERT_THAT(jwks.keys, SizeIs(3));
  EXPECT_TRUE(jwks.keys[0].allows(Algorithm::kEs256));
  EXPECT_THAT(jwks.notes, ElementsAre(AllOf(HasSubstr("key 2"), HasSubstr("kid"))));
}

TEST(Jwks, WhatIsNoSetIsSaid) {
  for (const char* text : {"", "null", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", "<html>",
                           R"({"keys":[],"keys":[]})", R"({"keys":[]} x)"})
    EXPECT_TRUE(parse_jwks(text, JwksOrigin::kUrl).has_error()) << text;
  EXPECT_THAT(parse(R"({"keys":[]})").keys, IsEmpty());
}

TEST(Jwks, SizeAndCountAreBounded) {
  std::string many = "{}";
  for (int i = 1; i < 101; ++i) many += ",{}";
  EXPECT_THAT(parse_jwks(R"({"keys":[)" + many + "]}", JwksOrigin::kUrl).error(), HasSubstr("100"));
  EXPECT_THAT(
      parse_jwks(R"({"keys":[],"x":")" + std::string(kJwksBytesMax, 'x') + "\"}", JwksOrigin::kUrl)
          .error(),
      HasSubstr("256 KiB"));
}

}  // namespace
}  // namespace rig::jwt
