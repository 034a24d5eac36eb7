#pragma once

#include <cstddef>

namespace rig {
class EnvReader;
}

namespace rig::sessions {

/// The settings of this module; read once.
struct SessionsConfig {
  std::size_t blacklist_max = 100'000;  ///< entries that are remembered

  static SessionsConfig from_env(EnvReader& env);
};

}  // namespace rig::sessions
