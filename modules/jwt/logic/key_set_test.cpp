#include "logic/key_set.hpp"

#include "logic/testing/signers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace rig::jwt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Key named(const std::string& kid, Algorithm algorithm = Algorithm::kHs256) {
  auto key = *Key::hmac(only(algorithm), "secret of " + kid);
  if (!kid.empty()) key.set_kid(kid);
  return key;
}

Jws jws_of(std::optional<std::string> kid, Algorithm algorithm = Algorithm::kHs256) {
  return {algorithm, std::move(kid), {}, {}, {}};
}

std::vector<std::string> kids_of(const KeySet::Candidates& candidates) {
  std::vector<std::string> kids;
  for (const Key* key : candidates.keys) kids.push_back(key->kid().value_or(""));
  return kids;
}

TEST(KeySet, TheKeyThatTheTokenNamesIsTheOnlyOne) {
  const KeySet keys({named("a"), named("b"), named("")}, 1);
  const auto found = keys.candidates(jws_of("b"));
  EXPECT_THAT(kids_of(found), ElementsAre("b"));
  EXPECT_FALSE(found.kid_is_unknown);
  EXPECT_EQ(found.refusal, Refusal::kSignature);
}

TEST(KeySet, TheNamedKeyIsNotUsedForAnotherAlgorithm) {
  const KeySet keys({named("a", Algorithm::kHs512), named("", Algorithm::kHs256)}, 1);
  const auto found = keys.candidates(jws_of("a", Algorithm::kHs256));
  EXPECT_THAT(found.keys, IsEmpty());
  EXPECT_EQ(found.refusal, Refusal::kAlgorithm);
}

TEST(KeySet, ATokenWithoutANameIsTriedWithAllOfItsAlgorithm) {
  const KeySet keys({named("a"), named("b", Algorithm::kHs384), named("")}, 1);
  EXPECT_THAT(kids_of(keys.candidates(jws_of(std::nullopt))), ElementsAre("a", ""));
}

TEST(KeySet, AnUnknownNameIsTriedWithKeysThatHaveNone) {
  const KeySet keys({named("a"), named("")}, 1);
  const auto found = keys.candidates(jws_of("x"));
  EXPECT_THAT(kids_of(found), ElementsAre(""));
  EXPECT_TRUE(found.kid_is_unknown);
  EXPECT_EQ(found.refusal, Refusal::kSignature);
}

TEST(KeySet, AnUnknownNameIsSaid) {
  const KeySet keys({named("a")}, 1);
  for (const char* kid : {"x", "", "A", "a ", "../../dev/null", "a' OR '1'='1", "*", "%61"}) {
    const auto found = keys.candidates(jws_of(kid));
    EXPECT_THAT(found.keys, IsEmpty()) << kid;
    EXPECT_EQ(found.refusal, Refusal::kUnknownKey) << kid;
    EXPECT_TRUE(found.kid_is_unknown);
  }
}

TEST(KeySet, TriesAreBounded) {
  const KeySet keys(std::vector<Key>(50, named("")), 1);
  EXPECT_EQ(keys.candidates(jws_of(std::nullopt)).keys.size(), KeySet::kTriesMax);
}

TEST(KeySet, SecretsAndASingleShortRsaKeyAreQuickToTry) {
  const auto are_quick = [](std::vector<Key> keys, Algorithm algorithm) {
    return KeySet(std::move(keys), 1).candidates(jws_of(std::nullopt, algorithm)).are_quick();
  };
  const Key rsa = key_of(signer_of(Algorithm::kRs256));
  EXPECT_TRUE(are_quick({named("a"), named("b")}, Algorithm::kHs256));
  EXPECT_TRUE(are_quick({named("a"), rsa}, Algorithm::kRs256));
  EXPECT_FALSE(are_quick({rsa, rsa}, Algorithm::kRs256));
  EXPECT_FALSE(are_quick({key_of(signer_of(Algorithm::kEs256))}, Algorithm::kEs256));
}

TEST(KeySet, AnEmptySetIsSaid) {
  EXPECT_EQ(KeySet({}, 1).candidates(jws_of("a")).refusal, Refusal::kNoKeys);
}

}  // namespace
}  // namespace rig::jwt
