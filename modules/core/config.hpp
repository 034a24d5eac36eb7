#pragma once

#include <rig/core/log_setup.hpp>

#include <chrono>
#include <cstddef>

namespace rig {
class EnvReader;
}  // namespace rig

namespace rig::core {

/// How long the phases of the program's life may take before it is ended the hard way.
struct Timeouts {
  std::chrono::milliseconds start{60'000};  ///< for one module
  std::chrono::milliseconds drain{10'000};  ///< for all modules together
  std::chrono::milliseconds stop{5'000};    ///< for all modules together
};

struct CoreConfig {
  std::size_t shards = 1;
  std::size_t shard_queue_max = 65536;
  log::Level log_level = log::Level::kWarn;
  log::Format log_format = log::Format::kPlain;
  Timeouts timeouts;

  /// `cpus`: what the process may use, the default number of shards.
  static CoreConfig from_env(EnvReader& env, std::size_t cpus);
};

}  // namespace rig::core
