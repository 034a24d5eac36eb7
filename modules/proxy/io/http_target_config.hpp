#pragma once

#include <chrono>
#include <cstddef>

namespace rig {
class EnvReader;
}

namespace rig::proxy {

/// What bounds the exchanges with HTTP backends; per shard where it counts something.
struct HttpTargetConfig {
  using milliseconds = std::chrono::milliseconds;

  std::size_t connections_max = 64;  ///< to one server
  std::size_t waiting_max = 1'000;   ///< exchanges that wait for one of them
  milliseconds waiting_time_max{8'000};
  milliseconds idle_max{60'000};           ///< of a connection that is kept
  milliseconds connect_timeout{5'000};     ///< name, TCP and TLS
  milliseconds recv_timeout{5'000};        ///< silence of the backend
  milliseconds stream_timeout{3'600'000};  ///< the same of event streams and upgraded connections
  milliseconds total_timeout{0};           ///< of an exchange; 0: none

  static HttpTargetConfig from_env(EnvReader& env);
};

}  // namespace rig::proxy
