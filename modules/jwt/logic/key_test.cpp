#include "logic/key.hpp"

#include "logic/testing/signers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <string>

namespace rig::jwt {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kText = "header.payload";

std::string fault_of(const Key::Result<Key>& key) { return key ? "" : key.error(); }

class KeyTest : public testing::TestWithParam<Algorithm> {
 protected:
  [[nodiscard]] bool accepts(const std::string& signature) const {
    return key_.verify(GetParam(), kText, signature);
  }

  const Signer& signer_ = signer_of(GetParam());
  const Key key_ = key_of(signer_);
};

class PublicKeyTest : public KeyTest {};

TEST_P(KeyTest, AcceptsItsSignatureAndNoOther) {
  const std::string signature = signer_.signature(kText);
  EXPECT_TRUE(accepts(signature));
  EXPECT_FALSE(key_.verify(GetParam(), "header.payloaD", signature));
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts(signature.substr(1)));
  EXPECT_FALSE(accepts(signature.substr(0, signature.size() - 1)));
  EXPECT_FALSE(accepts(signature + '\0'));
  EXPECT_FALSE(accepts('\0' + signature));
  EXPECT_FALSE(accepts(signature + signature));
  EXPECT_FALSE(accepts(std::string(signature.size(), '\0')));
  EXPECT_FALSE(accepts(std::string(signature.size(), '\xFF')));
}

TEST_P(KeyTest, LeavesTheQueueOfErrorsAsItWas) {
  ERR_clear_error();
  std::ignore = accepts(signer_.signature(kText));
  std::ignore = accepts(std::string(signer_.signature(kText).size(), '\xFF'));
  std::ignore = accepts("short");
  std::ignore = Key::from_pem(GetParam(), "-----BEGIN PUBLIC KEY-----\nrubbish");
  EXPECT_EQ(ERR_peek_error(), 0U);
  ERR_put_error(ERR_LIB_USER, 0, ERR_R_INTERNAL_ERROR, "of somebody else", 1);
  const auto before = ERR_peek_last_error();
  std::ignore = accepts(std::string(signer_.signature(kText).size(), '\xFF'));
  EXPECT_EQ(ERR_peek_last_error(), before);
  ERR_clear_error();
}

TEST_P(KeyTest, AnotherKeyOfItsKindMakesNoSignatureForIt) {
  const auto other = family_of(GetParam()) == Family::kHmac
                         ? Signer::with_secret(GetParam(), "another secret")
                         : Signer::make(GetParam());
  EXPECT_FALSE(accepts(other.signature(kText)));
}

TEST_P(KeyTest, IsForItsAlgorithmAlone) {
  for (const Algorithm other : all_algorithms()) EXPECT_EQ(key_.allows(other), other == GetParam());
}

TEST_P(PublicKeyTest, IsReadFromACertificateAndWithEscapedLineBreaks) {
  const auto by_certificate = Key::from_pem(GetParam(), signer_.certificate_pem());
  ASSERT_EQ(fault_of(by_certificate), "");
  EXPECT_EQ(*by_certificate, key_);
  std::string escaped;
  for (const char c : signer_.verification_key()) escaped += c == '\n' ? "\\n" : std::string(1, c);
  const auto in_one_line = Key::from_pem(GetParam(), escaped);
  ASSERT_EQ(fault_of(in_one_line), "");
  EXPECT_EQ(*in_one_line, key_);
}

INSTANTIATE_TEST_SUITE_P(All, PublicKeyTest, testing::ValuesIn(public_key_algorithms()),
                         [](const auto& test) { return std::string(name_of(test.param)); });
INSTANTIATE_TEST_SUITE_P(All, KeyTest, testing::ValuesIn(all_algorithms()),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(Key, EcdsaSignaturesAreTwoNumbersOfFullLength) {
  for (const auto algorithm : {Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512}) {
    const auto& signer = signer_of(algorithm);
    const auto key = key_of(signer);
    const std::string good = signer.signature(kText);
    const auto half = good.size() / 2;
    EXPECT_FALSE(key.verify(algorithm, kText, signer.der_signature(kText)));
    const std::string zero(half, '\0');
    EXPECT_FALSE(key.verify(algorithm, kText, zero + good.substr(half)));  // r = 0
    EXPECT_FALSE(key.verify(algorithm, kText, good.substr(0, half) + zero));
    const std::string one = std::string(half - 1, '\0') + '\x01';
    EXPECT_FALSE(key.verify(algorithm, kText, one + one));
    EXPECT_FALSE(key.verify(algorithm, kText, good.substr(half) + good.substr(0, half)));
    EXPECT_FALSE(
        key.verify(algorithm, kText, '\0' + good.substr(0, half) + '\0' + good.substr(half)));
  }
}

TEST(Key, PssSaltIsAsLongAsTheDigest) {
  const auto& signer = signer_of(Algorithm::kPs256);
  const auto key = key_of(signer);
  EXPECT_TRUE(key.verify(Algorithm::kPs256, kText, signer.pss_signature(kText, 32)));
  for (const int salt : {0, 20, 31, 33, 64, 222})
    EXPECT_FALSE(key.verify(Algorithm::kPs256, kText, signer.pss_signature(kText, salt))) << salt;
}

TEST(Key, RsaPaddingsAreNotConfused) {
  const auto& pkcs1 = signer_of(Algorithm::kRs256);
  const auto& pss = signer_of(Algorithm::kPs256);
  EXPECT_FALSE(key_of(pkcs1).verify(Algorithm::kRs256, kText, pss.signature(kText)));
  EXPECT_FALSE(key_of(pss).verify(Algorithm::kPs256, kText, pkcs1.signature(kText)));
  EXPECT_FALSE(key_of(pkcs1).verify(Algorithm::kRs256, kText,
                                    signer_of(Algorithm::kRs512).signature(kText)));
}

TEST(Key, TheOldFormOfRsaKeysIsRead) {
  const auto& signer = signer_of(Algorithm::kRs256);
  const std::string pem = signer.pkcs1_pem();
  EXPECT_THAT(pem, HasSubstr("-----BEGIN RSA PUBLIC KEY-----"));
  const auto key = Key::from_pem(Algorithm::kRs256, pem);
  ASSERT_EQ(fault_of(key), "");
  EXPECT_EQ(*key, key_of(signer));
}

TEST(Key, Ed448IsEdDsaToo) {
  const auto signer = Signer::make(Algorithm::kEdDsa, "Ed448");
  const auto key = key_of(signer);
  EXPECT_TRUE(key.verify(Algorithm::kEdDsa, kText, signer.signature(kText)));
  EXPECT_FALSE(key.verify(Algorithm::kEdDsa, kText, signer_of(Algorithm::kEdDsa).signature(kText)));
}

TEST(Key, APublicKeyIsNoSecret) {
  const auto& rsa = signer_of(Algorithm::kRs256);
  for (const auto& pem : {rsa.verification_key(), rsa.certificate_pem(), rsa.private_pem()})
    EXPECT_THAT(fault_of(Key::hmac(only(Algorithm::kHs256), pem)), HasSubstr("PEM"));
  EXPECT_THAT(fault_of(Key::hmac(only(Algorithm::kHs256), "")), HasSubstr("empty"));
}

TEST(Key, SmallOrHugeRsaKeysAreRefused) {
  const auto small = Signer::make(Algorithm::kRs256, "1024");
  EXPECT_THAT(fault_of(Key::from_pem(Algorithm::kRs256, small.verification_key())),
              HasSubstr("1024 bits"));
}

TEST(Key, FitsItsAlgorithm) {
  const auto fault = [](Algorithm signer, Algorithm algorithm) {
    return fault_of(Key::from_pem(algorithm, signer_of(signer).verification_key()));
  };
  EXPECT_THAT(fault(Algorithm::kRs256, Algorithm::kEs256), HasSubstr("not for ES256"));
  EXPECT_THAT(fault(Algorithm::kEs256, Algorithm::kRs256), HasSubstr("not for RS256"));
  EXPECT_THAT(fault(Algorithm::kEs256, Algorithm::kEs384), HasSubstr("not for ES384"));
  EXPECT_THAT(fault(Algorithm::kEs512, Algorithm::kEs256), HasSubstr("not for ES256"));
  EXPECT_THAT(fault(Algorithm::kEdDsa, Algorithm::kEs256), HasSubstr("not for ES256"));
  EXPECT_THAT(fault(Algorithm::kEs256, Algorithm::kEdDsa), HasSubstr("not for EdDSA"));
  EXPECT_EQ(fault(Algorithm::kRs256, Algorithm::kPs512), "");
}

TEST(Key, OtherKindsAreRefused) {
  const auto other_curve = Signer::make(Algorithm::kEs256, "secp256k1");
  EXPECT_THAT(fault_of(Key::from_pem(Algorithm::kEs256, other_curve.verification_key())),
              HasSubstr("curve"));
  const Key::PublicKey agreement(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"), EVP_PKEY_free);
  EXPECT_THAT(fault_of(Key::from_public(agreement, {})), HasSubstr("no signatures"));
}

TEST(Key, APrivateKeyDoesNotBelongHere) {
  const std::string pem = signer_of(Algorithm::kEs256).private_pem();
  const auto fault = fault_of(Key::from_pem(Algorithm::kEs256, pem));
  EXPECT_THAT(fault, HasSubstr("private key"));
  EXPECT_THAT(fault, Not(HasSubstr(pem.substr(40, 20))));
}

TEST(Key, RubbishIsNoPem) {
  const std::string good = signer_of(Algorithm::kEs256).verification_key();
  for (const std::string& pem :
       {std::string(), std::string("secret"), std::string("-----BEGIN PUBLIC KEY-----"),
        good.substr(0, good.size() / 2),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n"
                    "-----END CERTIFICATE-----\n")})
    EXPECT_THAT(fault_of(Key::from_pem(Algorithm::kEs256, pem)), HasSubstr("no PEM public key"));
}

TEST(Key, SecretsAndShortRsaKeysAreQuick) {
  EXPECT_TRUE(key_of(signer_of(Algorithm::kHs512)).is_quick());
  EXPECT_TRUE(key_of(signer_of(Algorithm::kRs256)).is_quick());
  EXPECT_FALSE(key_of(Signer::make(Algorithm::kRs256, "3072")).is_quick());
  EXPECT_FALSE(key_of(signer_of(Algorithm::kEs256)).is_quick());
  EXPECT_FALSE(key_of(signer_of(Algorithm::kEdDsa)).is_quick());
}

TEST(Key, AShortSecretIsNoticed) {
  const auto is_short = [](Algorithm algorithm, std::size_t bytes) {
    return Key::hmac(only(algorithm), std::string(bytes, 'k'))->is_short();
  };
  EXPECT_TRUE(is_short(Algorithm::kHs256, 31));
  EXPECT_FALSE(is_short(Algorithm::kHs256, 32));
  EXPECT_TRUE(is_short(Algorithm::kHs512, 63));
  EXPECT_FALSE(is_short(Algorithm::kHs512, 64));
  EXPECT_FALSE(key_of(signer_of(Algorithm::kRs256)).is_short());
}

}  // namespace
}  // namespace rig::jwt
