#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::access {
namespace {

using Check = Access::Check;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(AccessConfig, EverybodyMayByDefault) {
  EnvReader env({});
  const auto config = AccessConfig::from_env(env);
  EXPECT_EQ(config.subscriptions.check, Check::kOpen);
  EXPECT_EQ(config.submissions.check, Check::kOpen);
  EXPECT_TRUE(config.management.token.empty());
  EXPECT_FALSE(config.management.claim);
  EXPECT_EQ(config.session_field, "/jti");
  EXPECT_EQ(config.user_field, "/sub");
  config.require_keys(env);
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(AccessConfig, ChecksAreWordsInAnyCaseOrAUrlAsItIs) {
  EnvReader env({{"SUBSCRIPTION_CHECK", "jwt_Validation"},
                 {"SUBMISSION_CHECK", "https://Auth.example/Check?A=B"},
                 {"API_REQUIRED_CLAIM", "/scope=rig.admin"}});
  const auto config = AccessConfig::from_env(env);
  EXPECT_EQ(config.subscriptions.check, Check::kToken);
  EXPECT_EQ(config.submissions.check, Check::kService);
  EXPECT_EQ(config.submissions.url, "https://Auth.example/Check?A=B");
  EXPECT_EQ(config.management.claim->any_of, std::vector<std::string>{"rig.admin"});
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(AccessConfig, AnEmptyCheckIsNone) {
  EnvReader env({{"SUBSCRIPTION_CHECK", ""}, {"SUBMISSION_CHECK", "No_Check"}});
  const auto config = AccessConfig::from_env(env);
  EXPECT_EQ(config.subscriptions.check, Check::kOpen);
  EXPECT_EQ(config.submissions.check, Check::kOpen);
}

TEST(AccessConfig, WhatCannotBeReadIsAProblemOfItsSetting) {
  EnvReader env({{"SUBSCRIPTION_CHECK", "jwt"},
                 {"SUBMISSION_CHECK", "ftp://auth.example/"},
                 {"JWT_SESSION_FIELD", "jti"},
                 {"API_REQUIRED_CLAIM", "admin"}});
  (void)AccessConfig::from_env(env);
  EXPECT_THAT(env.problems(),
              ElementsAre(HasSubstr("SUBSCRIPTION_CHECK"), HasSubstr("SUBMISSION_CHECK"),
                          HasSubstr("API_REQUIRED_CLAIM"), HasSubstr("JWT_SESSION_FIELD")));
}

TEST(AccessConfig, AServiceIsWhereItsUrlSays) {
  for (const char* url : {"https://auth.example", "https://auth.example:8443/check?a=b",
                          "http://127.0.0.1:9000/", "http://[::1]/check"}) {
    EnvReader env({{"SUBSCRIPTION_CHECK", url}});
    (void)AccessConfig::from_env(env);
    EXPECT_THAT(env.problems(), IsEmpty()) << url;
  }
  for (const char* url :
       {"https://", "https:///check", "/check", "http://127.0.0.1.example/check",
        "http://127.0.0.1.example", "http://127.0.0.1:80.example/", "http://[::1].example/",
        "http://auth.example:0/", "http://auth.example:99999/", "http://auth.example:x/",
        "http://127.0.0.1@auth.example/", "http://user:word@auth.example/"}) {
    EnvReader env({{"SUBSCRIPTION_CHECK", url}});
    (void)AccessConfig::from_env(env);
    EXPECT_THAT(env.problems(), ElementsAre(HasSubstr("SUBSCRIPTION_CHECK"))) << url;
  }
}

TEST(AccessConfig, TokensNeedKeys) {
  EnvReader env({{"SUBSCRIPTION_CHECK", "JWT_VALIDATION"},
                 {"SUBMISSION_CHECK", "JWT_VALIDATION"},
                 {"API_REQUIRED_CLAIM", "/admin"}});
  AccessConfig::from_env(env).require_keys(env);
  EXPECT_THAT(env.problems(),
              ElementsAre(HasSubstr("SUBSCRIPTION_CHECK asks for tokens"),
                          HasSubstr("SUBMISSION_CHECK"), HasSubstr("API_REQUIRED_CLAIM")));
}

}  // namespace
}  // namespace rig::access
