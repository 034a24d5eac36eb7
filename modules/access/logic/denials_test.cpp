#include "logic/denials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::access {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Denials, OfATokenNameTheRule) {
  const auto denial = token_refused(jwt::Refusal::kExpired);
  EXPECT_EQ(denial.status, 401);
  EXPECT_EQ(denial.reason, "token_expired");
  EXPECT_THAT(denial.authenticate, StartsWith("Bearer realm=\"rig\", error=\"invalid_token\""));
  EXPECT_THAT(denial.authenticate, HasSubstr(denial.message));
  EXPECT_EQ(denial.v3_cause, "token expired");
}

TEST(Denials, HaveTheWordsOfTheFirstRig) {
  for (const auto refusal : {jwt::Refusal::kSignature, jwt::Refusal::kAlgorithm,
                             jwt::Refusal::kMalformed, jwt::Refusal::kUnknownKey})
    EXPECT_EQ(token_refused(refusal).v3_cause, "Invalid signature");
  EXPECT_EQ(session_blacklisted("abc").v3_cause, "Ignoring blacklisted JWT with ID \"abc\".");
}

TEST(Denials, DoNotRepeatTheSessionToWhomeverAsks) {
  const auto denial = session_blacklisted("abc\r\nx: y");
  EXPECT_THAT(denial.message + denial.authenticate, Not(HasSubstr("abc")));
}

TEST(Denials, WithoutATokenTheClientIsAskedForOne) {
  EXPECT_EQ(token_missing().status, 401);
  EXPECT_EQ(token_missing().authenticate, "Bearer realm=\"rig\"");
}

TEST(Denials, OfAServiceAreItsOwn) {
  EXPECT_EQ(denied_by_service(401).status, 401);
  EXPECT_THAT(denied_by_service(401).authenticate, StartsWith("Bearer"));
  EXPECT_EQ(denied_by_service(403).status, 403);
  EXPECT_EQ(service_unavailable().status, 503);
}

TEST(Denials, OfTooMuchWorkSayThatItIsNotTheToken) {
  EXPECT_EQ(token_refused(jwt::Refusal::kOverloaded).status, 503);
}

}  // namespace
}  // namespace rig::access
