#include <rig/transport/credentials.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::transport {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Credentials, AreAllAuthorizationHeadersAndTheTokenOfTheQuery) {
  HttpRequest request;
  request.target = "/x?a=1&jwt=a.b%2Ec";
  request.headers.add("Authorization", "Bearer d");
  request.headers.add("accept", "*/*");
  request.headers.add("AUTHORIZATION", "Basic e");
  const auto credentials = credentials_of(request);
  EXPECT_THAT(credentials.authorization, ElementsAre("Bearer d", "Basic e"));
  EXPECT_EQ(credentials.jwt, "a.b.c");
  EXPECT_FALSE(credentials.empty());
}

TEST(Credentials, MayBeNone) {
  HttpRequest request;
  request.target = "/x?jwt=";
  EXPECT_TRUE(credentials_of(request).empty());
}

TEST(Denials, HaveAStatusAChallengeAndAReasonForPrograms) {
  const auto response =
      denial_response({401, "token_expired", "It is \"over\".", R"(Bearer realm="rig")", {}});
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.body, R"({"message":"It is \"over\".","reason":"token_expired"})");
  EXPECT_EQ(response.headers.find("www-authenticate"), R"(Bearer realm="rig")");
}

TEST(Denials, WithoutAChallengeSendNone) {
  const auto response = denial_response({403, "no", "No.", {}, {}});
  EXPECT_EQ(response.headers.find("www-authenticate"), std::nullopt);
}

}  // namespace
}  // namespace rig::transport
