#include "logic/verification.hpp"

#include "logic/testing/signers.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

// Attacks on whole tokens, after the ideas of Wycheproof's vectors for JSON Web Signatures.

namespace rig::jwt {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr std::string_view kClaims = R"({"exp":2000,"sub":"alice"})";

Verdict verdict_on(const std::string& token, std::vector<Key> keys) {
  const KeySet set(std::move(keys), 1);
  const auto jws = parse_jws(token, kTokenBytesMax);
  if (jws.has_error()) return jws.error();
  return verify(*jws, set.candidates(*jws), {}, system_clock::time_point(seconds(1000)));
}

/// Why it is refused; nothing if it is valid.
std::optional<Refusal> refusal_of(const std::string& token, std::vector<Key> keys) {
  const auto verdict = verdict_on(token, std::move(keys));
  return verdict ? std::nullopt : std::optional(verdict.error());
}

class VerificationTest : public testing::TestWithParam<Algorithm> {
 protected:
  const Signer& signer_ = signer_of(GetParam());
  const Key key_ = key_of(signer_);
  const std::string token_ = signer_.token(kClaims);
};

class PublicKeyVerificationTest : public VerificationTest {};

TEST_P(VerificationTest, AcceptsAValidToken) {
  const auto verdict = verdict_on(token_, {key_});
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ((*verdict)->claims.at("sub").as_string(), "alice");
}

TEST_P(VerificationTest, NoBitOfATokenCanBeFlipped) {
  // The checks on the larger curves are slow; every fifth bit meets each kind of character.
  const bool is_slow = GetParam() == Algorithm::kEs384 || GetParam() == Algorithm::kEs512;
  for (std::size_t bit = 0; bit < 8 * token_.size(); bit += is_slow ? 5 : 1) {
    std::string flipped = token_;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ASSERT_NE(refusal_of(flipped, {key_}), std::nullopt) << "bit " << bit;
  }
}

TEST_P(VerificationTest, NoPartOfATokenCanBeLeftOut) {
  for (std::size_t length = 0; length < token_.size(); length += 3)
    ASSERT_NE(refusal_of(token_.substr(0, length), {key_}), std::nullopt) << length;
  EXPECT_EQ(refusal_of(token_.substr(0, token_.rfind('.') + 1), {key_}), Refusal::kSignature);
}

TEST_P(VerificationTest, SignatureIsForThisHeaderAndPayload) {
  const std::string other = signer_.token(R"({"exp":2000,"sub":"mallory"})");
  const std::string stolen = token_.substr(token_.rfind('.'));
  EXPECT_EQ(refusal_of(other.substr(0, other.rfind('.')) + stolen, {key_}), Refusal::kSignature);
  const std::string header = signer_.token(kClaims, R"("kid":"x")");
  EXPECT_EQ(refusal_of(header.substr(0, header.rfind('.')) + stolen, {key_}), Refusal::kSignature);
}

TEST_P(VerificationTest, AlgorithmIsThatOfTheKey) {
  for (const Algorithm other : all_algorithms()) {
    if (other == GetParam()) continue;
    EXPECT_EQ(refusal_of(signer_of(other).token(kClaims), {key_}), Refusal::kAlgorithm)
        << name_of(other);
  }
  for (const char* name : {"none", "None", "NONE"}) {
    const std::string text = unsigned_token(R"({"alg":")" + std::string(name) + "\"}", kClaims);
    EXPECT_EQ(refusal_of(text + ".", {key_}), Refusal::kAlgorithm);
    EXPECT_EQ(refusal_of(text + token_.substr(token_.rfind('.')), {key_}), Refusal::kAlgorithm);
  }
}

// Whoever has a public key makes an HMAC of it and hopes that it is taken for a secret.
TEST_P(PublicKeyVerificationTest, PublicKeyIsNoSecret) {
  for (const auto& secret :
       {signer_.verification_key(), signer_.certificate_pem(), signer_.jwk()}) {
    const auto forger = Signer::with_secret(Algorithm::kHs256, secret);
    EXPECT_EQ(refusal_of(forger.token(kClaims), {key_}), Refusal::kAlgorithm);
    EXPECT_EQ(refusal_of(forger.token(kClaims, R"("kid":"a")"), {key_of(signer_, "a")}),
              Refusal::kAlgorithm);
    // The same beside a real secret.
    EXPECT_EQ(refusal_of(forger.token(kClaims), {key_, key_of(signer_of(Algorithm::kHs256))}),
              Refusal::kSignature);
  }
}

TEST_P(PublicKeyVerificationTest, KeysThatATokenBringsAreNotUsed) {
  const auto forger = Signer::make(GetParam());
  for (const std::string& more :
       {R"("jwk":)" + forger.jwk(), std::string(R"("jku":"https://evil.example/jwks")"),
        std::string(R"("x5u":"https://evil.example/cert")"), std::string(R"("x5c":["AAAA"])"),
        R"("kid":"a","jwk":)" + forger.jwk(R"("kid":"a")")}) {
    EXPECT_EQ(refusal_of(forger.token(kClaims, more), {key_of(signer_, "a")}), Refusal::kSignature);
    EXPECT_EQ(refusal_of(signer_.token(kClaims, more), {key_of(signer_, "a")}), std::nullopt);
  }
}

TEST_P(VerificationTest, PayloadIsAnObjectOfClaims) {
  for (const char* payload :
       {"", "[]", "null", "\"x\"", "7", "{", R"({"exp":2000}x)", R"({"exp":2000,"exp":3000})",
        R"({"exp":2000,"a":{"b":1,"b":2}})", "{\"exp\":2000,\"a\":\"\xFF\"}"})
    EXPECT_EQ(refusal_of(signer_.token(payload), {key_}), Refusal::kMalformed) << payload;
  EXPECT_EQ(refusal_of(signer_.token("{}"), {key_}), Refusal::kExpired);
  EXPECT_EQ(refusal_of(signer_.token(R"({"exp":"soon"})"), {key_}), Refusal::kClaim);
}

INSTANTIATE_TEST_SUITE_P(All, PublicKeyVerificationTest, testing::ValuesIn(public_key_algorithms()),
                         [](const auto& test) { return std::string(name_of(test.param)); });
INSTANTIATE_TEST_SUITE_P(All, VerificationTest, testing::ValuesIn(all_algorithms()),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(Verification, KidChoosesTheKeyAndNothingElse) {
  const auto& signer = signer_of(Algorithm::kEs256);
  const std::vector<Key> keys{key_of(signer, "a"), key_of(Signer::make(Algorithm::kEs256), "b")};
  EXPECT_EQ(refusal_of(signer.token(kClaims, R"("kid":"a")"), keys), std::nullopt);
  EXPECT_EQ(refusal_of(signer.token(kClaims, R"("kid":"b")"), keys), Refusal::kSignature);
  for (const char* kid : {"../../../../dev/null", "/dev/null", "a' UNION SELECT 'x", "a\\u0000",
                          "| id", "http://evil.example/key", ""})
    EXPECT_EQ(refusal_of(signer.token(kClaims, R"("kid":")" + std::string(kid) + "\""), keys),
              Refusal::kUnknownKey)
        << kid;
}

TEST(Verification, DuringARotationTheOldAndTheNewKeyCount) {
  const auto old_key = Signer::with_secret(Algorithm::kHs256, "the old one");
  const auto new_key = Signer::with_secret(Algorithm::kHs256, "the new one");
  const std::vector<Key> both{key_of(new_key), key_of(old_key)};
  EXPECT_EQ(refusal_of(old_key.token(kClaims), both), std::nullopt);
  EXPECT_EQ(refusal_of(new_key.token(kClaims), both), std::nullopt);
  EXPECT_EQ(refusal_of(old_key.token(kClaims), {key_of(new_key)}), Refusal::kSignature);
}

TEST(Verification, NothingOfATokenIsReadBeforeItsSignature) {
  const auto forger = Signer::with_secret(Algorithm::kHs256, "another");
  const auto key = key_of(signer_of(Algorithm::kHs256));
  for (const char* payload : {"", "{", R"({"exp":1})", R"({"exp":"soon"})"})
    EXPECT_EQ(refusal_of(forger.token(payload), {key}), Refusal::kSignature);
}

TEST(Verification, AnEncryptedTokenIsNone) {
  EXPECT_EQ(refusal_of(unsigned_token(R"({"alg":"dir","enc":"A128GCM"})", "") + ".AA.AA.AA",
                       {key_of(signer_of(Algorithm::kHs256))}),
            Refusal::kMalformed);
}

}  // namespace
}  // namespace rig::jwt
