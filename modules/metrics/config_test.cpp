#include "config.hpp"

#include <rig/core/env.hpp>

#include <gtest/gtest.h>

namespace rig::metrics {
namespace {

TEST(MetricsConfig, MetricsAreServedUnlessSwitchedOff) {
  EnvReader unset({});
  EXPECT_TRUE(MetricsConfig::from_env(unset).enabled);
  EnvReader off({{"PROMETHEUS_METRICS_ENABLED", "false"}});
  EXPECT_FALSE(MetricsConfig::from_env(off).enabled);
  EXPECT_TRUE(off.problems().empty());
}

TEST(MetricsConfig, OddValueIsAProblem) {
  EnvReader odd({{"PROMETHEUS_METRICS_ENABLED", "maybe"}});
  EXPECT_TRUE(MetricsConfig::from_env(odd).enabled);
  EXPECT_EQ(odd.problems().size(), 1U);
}

}  // namespace
}  // namespace rig::metrics
