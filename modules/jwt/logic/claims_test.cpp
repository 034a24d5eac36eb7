#include "logic/claims.hpp"

#include "logic/strict_json.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace rig::jwt {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr system_clock::time_point at(double since_1970) {
  return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(
      std::chrono::duration<double>(since_1970)));
}

/// Why claims are refused at that second; nothing if they are not.
std::optional<Refusal> refusal_of(const std::string& claims, const ClaimRules& rules = {},
                                  double now = 1000) {
  const auto parsed = parse_document(claims);
  const auto token = check_claims(parsed.value().as_object(), rules, at(now));
  return token ? std::nullopt : std::optional(token.error());
}
constexpr std::nullopt_t kValid = std::nullopt;

TEST(Claims, AreKept) {
  const auto token =
      check_claims(parse_document(R"({"exp":1001,"sub":"a"})")->as_object(), {}, at(1000));
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ((*token)->claims.at("sub").as_string(), "a");
  EXPECT_EQ((*token)->expires_at, at(1001));
}

TEST(Claims, ExpMustBeLaterThanNow) {
  EXPECT_EQ(refusal_of(R"({"exp":1001})"), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":1000})"), Refusal::kExpired);
  EXPECT_EQ(refusal_of(R"({"exp":999})"), Refusal::kExpired);
  EXPECT_EQ(refusal_of(R"({"exp":0})"), Refusal::kExpired);
  EXPECT_EQ(refusal_of(R"({"exp":-1})"), Refusal::kExpired);
}

TEST(Claims, ExpIsRequiredUnlessASettingSaysOtherwise) {
  EXPECT_EQ(refusal_of("{}"), Refusal::kExpired);
  ClaimRules rules;
  rules.exp_required = false;
  EXPECT_EQ(refusal_of("{}", rules), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":999})", rules), Refusal::kExpired);
  EXPECT_EQ(refusal_of(R"({"exp":null})", rules), Refusal::kClaim);
  EXPECT_EQ((*check_claims({}, rules, at(1)))->expires_at, std::nullopt);
}

TEST(Claims, TimesAreNumbers) {
  for (const char* value : {"\"soon\"", "\"1001\"", "null", "true", "[1001]", "{}"}) {
    EXPECT_EQ(refusal_of(R"({"exp":)" + std::string(value) + "}"), Refusal::kClaim) << value;
    EXPECT_EQ(refusal_of(R"({"exp":1001,"nbf":)" + std::string(value) + "}"), Refusal::kClaim)
        << value;
  }
}

TEST(Claims, TimesMayHaveFractions) {
  EXPECT_EQ(refusal_of(R"({"exp":1000.5})", {}, 1000.25), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":1000.5})", {}, 1000.75), Refusal::kExpired);
  EXPECT_EQ(refusal_of(R"({"exp":1.5e3})"), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":2000,"nbf":1000.5})", {}, 1000.25), Refusal::kNotYetValid);
}

TEST(Claims, HugeTimesAreForever) {
  for (const char* value : {"9223372036854775807", "18446744073709551615", "1e18", "1e300",
                            "99999999999999999999999999", "253402300799"}) {
    EXPECT_EQ(refusal_of(R"({"exp":)" + std::string(value) + "}"), kValid) << value;
    EXPECT_EQ(refusal_of(R"({"exp":2000,"nbf":)" + std::string(value) + "}"), Refusal::kNotYetValid)
        << value;
  }
  ClaimRules rules;
  rules.leeway = std::chrono::hours(1);
  EXPECT_EQ(refusal_of(R"({"exp":1e300,"nbf":-1e300})", rules), kValid);
  for (const char* value : {"-9223372036854775808", "-1e300"})
    EXPECT_EQ(refusal_of(R"({"exp":)" + std::string(value) + "}"), Refusal::kExpired) << value;
}

TEST(Claims, NbfMustNotBeLaterThanNow) {
  EXPECT_EQ(refusal_of(R"({"exp":2000,"nbf":1000})"), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":2000,"nbf":1001})"), Refusal::kNotYetValid);
}

TEST(Claims, LeewayMovesBothTimes) {
  ClaimRules rules;
  rules.leeway = seconds(10);
  EXPECT_EQ(refusal_of(R"({"exp":991})", rules), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":990})", rules), Refusal::kExpired);
  EXPECT_EQ(refusal_of(R"({"exp":2000,"nbf":1010})", rules), kValid);
  EXPECT_EQ(refusal_of(R"({"exp":2000,"nbf":1011})", rules), Refusal::kNotYetValid);
  const auto token = check_claims(parse_document(R"({"exp":995})")->as_object(), rules, at(1000));
  EXPECT_EQ((*token)->expires_at, at(1005));  // or it would be over before it began
}

TEST(Claims, IssuerIsComparedIfThereIsARule) {
  ClaimRules rules;
  EXPECT_EQ(refusal_of(R"({"exp":2000,"iss":7})", rules), kValid);
  rules.issuer = "https://issuer/";
  EXPECT_EQ(refusal_of(R"({"exp":2000,"iss":"https://issuer/"})", rules), kValid);
  for (const char* other : {"https://issuer", "https://issuer/x", "HTTPS://issuer/", ""})
    EXPECT_EQ(refusal_of(R"({"exp":2000,"iss":")" + std::string(other) + "\"}", rules),
              Refusal::kIssuer);
  EXPECT_EQ(refusal_of(R"({"exp":2000})", rules), Refusal::kIssuer);
  for (const char* odd : {"null", "1", R"(["https://issuer/"])"})
    EXPECT_EQ(refusal_of(R"({"exp":2000,"iss":)" + std::string(odd) + "}", rules), Refusal::kClaim);
}

TEST(Claims, AudienceIsOneOrAList) {
  ClaimRules rules;
  rules.audience = "rig";
  for (const char* good : {R"("rig")", R"(["rig"])", R"(["a","rig","b"])"})
    EXPECT_EQ(refusal_of(R"({"exp":2000,"aud":)" + std::string(good) + "}", rules), kValid) << good;
  for (const char* other : {R"("rigs")", R"("")", "[]", R"(["a","Rig"])"})
    EXPECT_EQ(refusal_of(R"({"exp":2000,"aud":)" + std::string(other) + "}", rules),
              Refusal::kAudience)
        << other;
  EXPECT_EQ(refusal_of(R"({"exp":2000})", rules), Refusal::kAudience);
  for (const char* odd : {"null", "7", R"({"rig":1})", R"(["rig",7])", R"([["rig"]])"})
    EXPECT_EQ(refusal_of(R"({"exp":2000,"aud":)" + std::string(odd) + "}", rules), Refusal::kClaim)
        << odd;
}

TEST(Claims, ATokenIsOverWhenItsTimeHasCome) {
  const Token token{{}, at(1000)};
  EXPECT_FALSE(is_over(token, at(999)));
  EXPECT_TRUE(is_over(token, at(1000)));
  EXPECT_FALSE(is_over(Token{{}, std::nullopt}, at(1e9)));
}

}  // namespace
}  // namespace rig::jwt
