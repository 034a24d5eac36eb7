#pragma once

namespace rig {
class EnvReader;
}

namespace rig::metrics {

struct MetricsConfig {
  bool enabled = true;  ///< whether `/metrics` is served; counting goes on in any case

  static MetricsConfig from_env(EnvReader& env);
};

}  // namespace rig::metrics
