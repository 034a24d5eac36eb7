#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::http_client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(HttpClientConfig, DefaultsAreTheSystemsAuthorities) {
  EnvReader env({});
  const auto config = HttpClientConfig::from_env(env);
  EXPECT_THAT(env.problems(), IsEmpty());
  EXPECT_THAT(config.ca_file, IsEmpty());
  EXPECT_EQ(config.limits.connections_max, 32U);
  EXPECT_EQ(config.limits.waiting_max, 1000U);
}

TEST(HttpClientConfig, FileThatCannotBeUsedStopsTheStart) {
  for (const char* file : {"/nonexistent/ca.pem", "/dev/null"}) {
    EnvReader env({{"RIG_HTTP_CLIENT_CA_FILE", file}});
    EXPECT_THAT(HttpClientConfig::from_env(env).ca_file, IsEmpty());
    EXPECT_THAT(env.problems(), ElementsAre(AllOf(HasSubstr("RIG_HTTP_CLIENT_CA_FILE"),
                                                  HasSubstr("cannot be read"))));
  }
}

}  // namespace
}  // namespace rig::http_client
