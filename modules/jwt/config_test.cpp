#include "config.hpp"

#include "logic/testing/signers.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace rig::jwt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kSecret = "a secret that has some thirty-two bytes";

struct Read {
  JwtConfig config;
  std::vector<std::string> problems;
};

Read read(EnvSnapshot settings) {
  EnvReader env(std::move(settings));
  auto config = JwtConfig::from_env(env);
  return {std::move(config), env.problems()};
}

std::string written(const std::string& name, const std::string& text) {
  std::string path = testing::TempDir() + "rig_jwt_" + name;
  std::ofstream(path) << text;
  return path;
}

std::string in_json(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '\n' ? "\\n" : std::string(1, c);
  return '"' + escaped + '"';
}

TEST(JwtConfig, DefaultsAreNoKeyAndStrictRules) {
  const auto [config, problems] = read({});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(config.keys, IsEmpty());
  EXPECT_THAT(config.warnings, IsEmpty());
  EXPECT_EQ(config.jwks.url, "");
  EXPECT_TRUE(config.rules.exp_required);
  EXPECT_EQ(config.rules.leeway, milliseconds(0));
  EXPECT_EQ(config.token_bytes_max, 16U << 10);
  EXPECT_EQ(config.threads, std::nullopt);
}

TEST(JwtConfig, AnEmptyKeyIsNoKey) {
  const auto [config, problems] = read({{"JWT_SECRET_KEY", ""}, {"JWT_ALG", "RS256"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(config.keys, IsEmpty());
}

TEST(JwtConfig, TheKeyOfTheFirstRigIsASecretForHs256) {
  const auto [config, problems] = read({{"JWT_SECRET_KEY", kSecret}});
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(config.keys, SizeIs(1));
  EXPECT_TRUE(config.keys[0].allows(Algorithm::kHs256));
  EXPECT_FALSE(config.keys[0].allows(Algorithm::kHs384));
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST(JwtConfig, AShortSecretIsAllowedWithAWarning) {
  const auto [config, problems] = read({{"JWT_SECRET_KEY", "s3cr3t"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(config.warnings,
              ElementsAre(AllOf(HasSubstr("JWT_SECRET_KEY"), Not(HasSubstr("s3cr3t")))));
}

TEST(JwtConfig, APathIsNoSecretThatAnybodyWants) {
  const std::string path = written("a_secret_that_is_in_a_file_with_a_long_name", kSecret);
  EXPECT_THAT(read({{"JWT_SECRET_KEY", path}}).config.warnings,
              ElementsAre(AllOf(HasSubstr("path of a file"), Not(HasSubstr(path)))));
}

TEST(JwtConfig, APublicKeyIsGivenInPlaceOrByItsPath) {
  for (const Algorithm algorithm : public_key_algorithms()) {
    const auto& signer = signer_of(algorithm);
    for (const auto& value : {signer.verification_key(), signer.certificate_pem(),
                              written("key.pem", signer.verification_key())}) {
      const auto [config, problems] =
          read({{"JWT_SECRET_KEY", value}, {"JWT_ALG", std::string(name_of(algorithm))}});
      EXPECT_THAT(problems, IsEmpty());
      ASSERT_THAT(config.keys, SizeIs(1));
      EXPECT_TRUE(config.keys[0].allows(algorithm));
    }
  }
}

TEST(JwtConfig, AKeyThatCannotBeUsedStopsTheStart) {
  const auto problems = [](const std::string& algorithm, const std::string& key) {
    return read({{"JWT_SECRET_KEY", key}, {"JWT_ALG", algorithm}}).problems;
  };
  const auto& rsa = signer_of(Algorithm::kRs256);
  EXPECT_THAT(problems("HS256", rsa.verification_key()), ElementsAre(HasSubstr("PEM")));
  EXPECT_THAT(problems("EdDSA", rsa.verification_key()), ElementsAre(HasSubstr("not for EdDSA")));
  EXPECT_THAT(problems("RS256", rsa.private_pem()), ElementsAre(HasSubstr("private key")));
  EXPECT_THAT(problems("RS256", written("rubbish.pem", "rubbish")),
              ElementsAre(HasSubstr("no PEM public key")));
  EXPECT_THAT(problems("none", kSecret), ElementsAre(HasSubstr("JWT_ALG")));
  EXPECT_THAT(problems("RS1", ""), ElementsAre(HasSubstr("JWT_ALG")));
}

TEST(JwtConfig, ProblemsSayNothingOfTheKey) {
  const auto problems = read({{"JWT_SECRET_KEY", "my-secret"},
                              {"JWT_ALG", "RS256"},
                              {"JWT_SECRET_KEYS", "my-secret, too"}})
                            .problems;
  EXPECT_THAT(problems, SizeIs(2));
  EXPECT_THAT(problems, Each(Not(HasSubstr("my-secret"))));
  EXPECT_THAT(problems[0], AllOf(HasSubstr("JWT_SECRET_KEY"), HasSubstr("RS256")));
}

TEST(JwtConfig, SeveralKeysComeAsAList) {
  const std::string list = R"([{"alg":"HS256","key":")" + kSecret +
                           R"("},{"alg":"ES256","kid":"e","key":)" +
                           in_json(signer_of(Algorithm::kEs256).verification_key()) + "}]";
  for (const auto& value : {list, " \n" + list, written("keys.json", list)}) {
    const auto [config, problems] = read({{"JWT_SECRET_KEY", "first"}, {"JWT_SECRET_KEYS", value}});
    EXPECT_THAT(problems, IsEmpty());
    ASSERT_THAT(config.keys, SizeIs(3));
    EXPECT_TRUE(config.keys[1].allows(Algorithm::kHs256));
    EXPECT_EQ(config.keys[1].kid(), std::nullopt);
    EXPECT_TRUE(config.keys[2].allows(Algorithm::kEs256));
    EXPECT_EQ(config.keys[2].kid(), "e");
  }
}

TEST(JwtConfig, SeveralKeysComeAsAJwks) {
  const std::string set = R"({"keys":[)" + signer_of(Algorithm::kHs256).jwk(R"("kid":"h")") + "," +
                          signer_of(Algorithm::kRs256).jwk(R"("kid":"r")") + "]}";
  const auto [config, problems] = read({{"JWT_SECRET_KEYS", set}});
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(config.keys, SizeIs(2));
  EXPECT_EQ(config.keys[0].kid(), "h");
  EXPECT_EQ(config.keys[1].kid(), "r");
}

TEST(JwtConfig, EveryBadKeyOfSeveralIsSaid) {
  const auto problems = [](const std::string& keys) {
    return read({{"JWT_SECRET_KEYS", keys}}).problems;
  };
  EXPECT_THAT(problems(R"([7,{"key":"x"},{"alg":"none","key":"x"},{"alg":"HS256"},)"
                       R"({"alg":"HS256","key":"x","kid":7}])"),
              ElementsAre(HasSubstr("key 1 is no object"), HasSubstr("key 2 has no \"alg\""),
                          HasSubstr("key 3 has no \"alg\""), HasSubstr("key 4 is empty"),
                          HasSubstr("key 5 has a \"kid\"")));
  EXPECT_THAT(problems("{}"), ElementsAre(HasSubstr("no set of keys")));
  EXPECT_THAT(problems("[{]"), ElementsAre(HasSubstr("no JSON")));
  EXPECT_THAT(problems(R"({"keys":[{"kty":"RSA"}]})"), ElementsAre(HasSubstr("key 1")));
}

TEST(JwtConfig, TheUrlOfKeysMustBeSafe) {
  EXPECT_THAT(read({{"JWT_JWKS_URL", "http://issuer.example/jwks"}}).problems,
              ElementsAre(AllOf(HasSubstr("JWT_JWKS_URL"), HasSubstr("https"))));
  EXPECT_THAT(read({{"JWT_JWKS_URL", "https://issuer.example/jwks"}}).problems, IsEmpty());
}

TEST(JwtConfig, ValuesAreTaken) {
  const auto [config, problems] = read({{"JWT_JWKS_URL", "http://localhost:1/"},
                                        {"JWT_JWKS_REFRESH_INTERVAL", "2m"},
                                        {"RIG_JWT_JWKS_REFRESH_INTERVAL_MIN", "3s"},
                                        {"RIG_JWT_TIMEOUT", "4s"},
                                        {"RIG_JWT_EXP_REQUIRED", "false"},
                                        {"RIG_JWT_LEEWAY", "5s"},
                                        {"JWT_ISSUER", "i"},
                                        {"JWT_AUDIENCE", "a"},
                                        {"RIG_JWT_BYTES_MAX", "4KiB"},
                                        {"RIG_JWT_CACHE_MAX", "6"},
                                        {"RIG_JWT_CACHE_AGE_MAX", "7s"},
                                        {"RIG_JWT_THREADS", "8"},
                                        {"RIG_JWT_QUEUE_MAX", "9"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.jwks.refresh_interval, seconds(120));
  EXPECT_EQ(config.jwks.refresh_interval_min, seconds(3));
  EXPECT_EQ(config.jwks.timeout, seconds(4));
  EXPECT_FALSE(config.rules.exp_required);
  EXPECT_EQ(config.rules.leeway, seconds(5));
  EXPECT_EQ(config.rules.issuer, "i");
  EXPECT_EQ(config.rules.audience, "a");
  EXPECT_EQ(config.token_bytes_max, 4096U);
  EXPECT_EQ(config.cache_tokens_max, 6U);
  EXPECT_EQ(config.cache_age_max, seconds(7));
  EXPECT_EQ(config.threads, 8U);
  EXPECT_EQ(config.queue_max, 9U);
}

}  // namespace
}  // namespace rig::jwt
