#include "logic/jws.hpp"

#include "logic/testing/signer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::jwt {
namespace {

/// Why a token is no JWS; kOverloaded, which no parser says, if it is one.
Refusal refusal_of(const std::string& token) {
  const auto jws = parse_jws(token, kTokenBytesMax);
  return jws ? Refusal::kOverloaded : jws.error();
}
Refusal refusal_of_header(const std::string& header) {
  return refusal_of(unsigned_token(header, "{}") + ".AAAA");
}
constexpr Refusal kNone = Refusal::kOverloaded;

TEST(Jws, IsTakenApart) {
  const std::string token = unsigned_token(R"({"alg":"ES256","kid":"k1"})", "{}") + ".AQID";
  const auto jws = parse_jws(token, kTokenBytesMax);
  ASSERT_TRUE(jws.has_value());
  EXPECT_EQ(jws->algorithm, Algorithm::kEs256);
  EXPECT_EQ(jws->kid, "k1");
  EXPECT_EQ(jws->signed_text, token.substr(0, token.rfind('.')));
  EXPECT_EQ(jws->payload, encode_base64url("{}"));
  EXPECT_EQ(jws->signature, "\x01\x02\x03");
}

// Wycheproof: rejectsMissing…, rejectsExtra…, rejectsEmptyString.
TEST(Jws, HasThreeSegments) {
  const std::string header = encode_base64url(R"({"alg":"HS256"})");
  const std::string payload = encode_base64url("{}");
  EXPECT_EQ(refusal_of(header + "." + payload + ".AAAA"), kNone);
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), std::string("..."), header,
        header + "." + payload, "." + payload + ".AAAA", "." + payload + ".", payload,
        payload + ".AAAA", header + "." + payload + ".AAAA.", header + "." + payload + ".AAAA.AAAA",
        header + "." + payload + ".AAAA..", "." + header + "." + payload + ".AAAA",
        header + ".." + payload + ".AAAA"})
    EXPECT_EQ(refusal_of(token), Refusal::kMalformed) << token;
}

TEST(Jws, SegmentsAreStrictBase64url) {
  const std::string good = unsigned_token(R"({"alg":"HS256"})", "{}");
  for (const std::string& token :
       {good + ".AAAA=", good + ".AA==", good + ".AA+A", good + ".AA/A", good + ". AAAA",
        good + ".AAAA ", " " + good + ".AAAA", good + ".AAAA\n", good + ".A", good + ".AB",
        "Bearer " + good + ".AAAA"})
    EXPECT_EQ(refusal_of(token), Refusal::kMalformed) << token;
}

// Wycheproof: rejectsValidJsonSerialization.
TEST(Jws, IsNotTheJsonForm) {
  EXPECT_EQ(refusal_of(R"({"payload":"e30","signatures":[{"protected":"e30","signature":"AA"}]})"),
            Refusal::kMalformed);
}

TEST(Jws, SizeIsBounded) {
  const std::string good = unsigned_token(R"({"alg":"HS256"})", "{}") + ".";
  EXPECT_EQ(refusal_of(good + std::string(kTokenBytesMax - good.size(), 'A')), kNone);
  EXPECT_EQ(refusal_of(good + std::string(kTokenBytesMax - good.size() + 4, 'A')),
            Refusal::kMalformed);
  EXPECT_EQ(refusal_of(std::string(10 << 20, '.')), Refusal::kMalformed);
}

TEST(Jws, HeaderIsAnObjectWithoutMembersTwice) {
  for (const char* header :
       {"", "{}", "[]", "null", "\"HS256\"", R"({"alg":"HS256"}x)", R"({"alg":"HS256")",
        R"({"alg":"HS256","alg":"none"})", R"({"alg":"HS256","kid":"a","kid":"b"})",
        R"({"alg":"HS256","x":{"y":1,"y":2}})", "{\"alg\":\"HS256\",\"kid\":\"\xFF\"}",
        R"({"alg":null})", R"({"alg":256})", R"({"alg":["HS256"]})", R"({"alg":"HS256","kid":1})",
        R"({"alg":"HS256","kid":null})", R"({"alg":"HS256","kid":["a"]})"})
    EXPECT_EQ(refusal_of_header(header), Refusal::kMalformed) << header;
}

TEST(Jws, NoneIsNoAlgorithm) {
  for (const char* name : {"none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS1", "RS1",
                           "ES256K", "dir", "A128KW", "HS256\\u0000"})
    EXPECT_EQ(refusal_of_header(R"({"alg":")" + std::string(name) + "\"}"), Refusal::kAlgorithm)
        << name;
  // As an attacker has it: without a signature.
  EXPECT_EQ(refusal_of(unsigned_token(R"({"alg":"none"})", "{}") + "."), Refusal::kAlgorithm);
}

// RFC 7515, 4.1.11: who does not know an extension must refuse.
TEST(Jws, ExtensionsAreRefused) {
  for (const char* more : {R"("crit":["exp"],"exp":1)", R"("crit":[])", R"("crit":"b64")",
                           R"("b64":false)", R"("b64":true)", R"("crit":["b64"],"b64":false)"})
    EXPECT_EQ(refusal_of_header(R"({"alg":"HS256",)" + std::string(more) + "}"),
              Refusal::kAlgorithm)
        << more;
}

}  // namespace
}  // namespace rig::jwt
