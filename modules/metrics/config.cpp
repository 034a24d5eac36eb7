#include "config.hpp"

#include <rig/core/env.hpp>

namespace rig::metrics {

MetricsConfig MetricsConfig::from_env(EnvReader& env) {
  MetricsConfig config;
  config.enabled = env.boolean(
      {"PROMETHEUS_METRICS_ENABLED", "Serve the metrics under /metrics on the API port"}, true);
  return config;
}

}  // namespace rig::metrics
