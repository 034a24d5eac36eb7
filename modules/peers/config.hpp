#pragma once

#include <rig/core/secret.hpp>

namespace rig {
class EnvReader;
}

namespace rig::peers {

/// The settings of this module; read once.
struct PeersConfig {
  Secret secret;  ///< of all nodes of the cluster; empty: none

  static PeersConfig from_env(EnvReader& env);
};

}  // namespace rig::peers
