#pragma once

#include <rig/core/secret.hpp>

#include <string>

namespace rig {
class EnvReader;
}

namespace rig::peers {

/// The settings of this module; read once.
struct PeersConfig {
  Secret secret;     ///< of all nodes of the cluster; empty: none
  std::string name;  ///< of this gateway, for people; empty: the machine's

  static PeersConfig from_env(EnvReader& env);
};

}  // namespace rig::peers
