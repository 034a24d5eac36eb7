#include "io/http_target_config.hpp"

#include <rig/core/env.hpp>

#include <gtest/gtest.h>

namespace rig::proxy {
namespace {

using std::chrono::milliseconds;

TEST(HttpTargetConfig, Defaults) {
  EnvReader env({});
  const auto config = HttpTargetConfig::from_env(env);
  EXPECT_EQ(config.connections_max, 64U);
  EXPECT_EQ(config.recv_timeout, milliseconds(5000));
  EXPECT_EQ(config.connect_timeout, milliseconds(5000));
  EXPECT_EQ(config.total_timeout, milliseconds(0));
  EXPECT_TRUE(env.problems().empty());
}

TEST(HttpTargetConfig, Values) {
  EnvReader env({{"PROXY_RECV_TIMEOUT", "1500"},
                 {"RIG_PROXY_CONNECTIONS_MAX", "8"},
                 {"RIG_PROXY_TOTAL_TIMEOUT", "1m"},
                 {"RIG_PROXY_WAITING_MAX", "0"}});
  const auto config = HttpTargetConfig::from_env(env);
  EXPECT_EQ(config.recv_timeout, milliseconds(1500));
  EXPECT_EQ(config.connections_max, 8U);
  EXPECT_EQ(config.total_timeout, milliseconds(60'000));
  EXPECT_EQ(config.waiting_max, 0U);
  EXPECT_TRUE(env.problems().empty());
}

TEST(HttpTargetConfig, BadValues) {
  EnvReader env({{"PROXY_RECV_TIMEOUT", "soon"}, {"RIG_PROXY_CONNECTIONS_MAX", "0"}});
  HttpTargetConfig::from_env(env);
  EXPECT_EQ(env.problems().size(), 2U);
}

}  // namespace
}  // namespace rig::proxy
