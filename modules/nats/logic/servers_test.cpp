#include "logic/servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::nats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string error_of(std::string_view text) {
  const auto servers = parse_servers(text);
  return servers ? "" : servers.error();
}

TEST(Servers, HostsAndPorts) {
  const auto servers =
      parse_servers("nats-1:4222, nats-2 ,,[::1]:14222,[fd00::2],10.0.0.1.example:1,");
  ASSERT_TRUE(servers);
  EXPECT_THAT(servers->addresses, ElementsAre("nats-1:4222", "nats-2:4222", "[::1]:14222",
                                              "[fd00::2]:4222", "10.0.0.1.example:1"));
  EXPECT_FALSE(servers->wants_tls);
  EXPECT_FALSE(servers->has_credentials());
}

TEST(Servers, NothingIsNoServer) {
  for (const char* text : {"", " ", ",", " , "}) {
    const auto servers = parse_servers(text);
    ASSERT_TRUE(servers) << text;
    EXPECT_THAT(servers->addresses, IsEmpty());
  }
}

TEST(Servers, UrlsAreTakenApart) {
  const auto servers = parse_servers("nats://a%40b:p%3Aq%2C@host:1/,tls://other");
  ASSERT_TRUE(servers);
  EXPECT_THAT(servers->addresses, ElementsAre("host:1", "other:4222"));
  EXPECT_TRUE(servers->wants_tls);
  EXPECT_EQ(servers->user, "a@b");
  EXPECT_EQ(servers->password.reveal(), "p:q,");
  EXPECT_TRUE(servers->token.empty());
}

TEST(Servers, OnePartBeforeTheAtIsAToken) {
  const auto servers = parse_servers("nats://s3cr3t@host");
  ASSERT_TRUE(servers);
  EXPECT_EQ(servers->token.reveal(), "s3cr3t");
  EXPECT_TRUE(servers->user.empty());
}

TEST(Servers, CredentialsMustAgree) {
  EXPECT_EQ(error_of("u:p@a,u:p@b"), "");
  EXPECT_EQ(error_of("u:p@a,b"), "");
  EXPECT_EQ(error_of("u:p@a,u:q@b"), "entry 2 has other credentials than one before");
  EXPECT_EQ(error_of("u:p@a,t@b"), "entry 2 has other credentials than one before");
}

TEST(Servers, MistakesAreNamedAndSecretsAreNot) {
  EXPECT_EQ(error_of("a:1,b:0"), "entry 2 has no valid port");
  EXPECT_EQ(error_of("a:65536"), "entry 1 has no valid port");
  EXPECT_EQ(error_of("a:"), "entry 1 has no valid port");
  EXPECT_EQ(error_of("::1:4222"), "entry 1 has no valid host");
  EXPECT_EQ(error_of(":4222"), "entry 1 has no valid host");
  EXPECT_EQ(error_of("a/b:1"), "entry 1 has no valid host");
  EXPECT_EQ(error_of("http://a:1"), "entry 1 has another scheme than nats and tls");
  EXPECT_EQ(error_of("@a"), "entry 1 has no valid user or token before the @");
  EXPECT_EQ(error_of("u:%zz@a"), "entry 1 has no valid password before the @");
  EXPECT_EQ(error_of("u:a%0d%0ab@a"), "entry 1 has no valid password before the @");
  EXPECT_THAT(error_of("user:hidden@bad host"), Not(HasSubstr("hidden")));
}

TEST(Servers, TooManyAreRefused) {
  std::string many = "h";
  for (std::size_t i = 1; i < kServersMax; ++i) many += ",h";
  EXPECT_EQ(error_of(many), "");
  EXPECT_EQ(error_of(many + ",h"), "has more than 16 entries");
}

}  // namespace
}  // namespace rig::nats
