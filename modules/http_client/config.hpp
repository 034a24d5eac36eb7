#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace rig {
class EnvReader;
}

namespace rig::http_client {

/// What bounds the connections of one shard.
struct PoolLimits {
  std::size_t connections_max = 32;  ///< to one server
  std::size_t waiting_max = 1'000;   ///< requests that wait for one of them
  std::chrono::milliseconds idle_max{30'000};
};

/// The settings of this module; read once. Problems are noted with the reader.
struct HttpClientConfig {
  std::string ca_file;  ///< authorities beside the system's; PEM
  PoolLimits limits;

  static HttpClientConfig from_env(EnvReader& env);
};

}  // namespace rig::http_client
