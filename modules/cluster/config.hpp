#pragma once

#include <rig/core/secret.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace rig {
class EnvReader;
namespace nats {
struct ConnectionConfig;
}
}  // namespace rig

namespace rig::cluster {

/// The settings of this module; read once. Problems are noted with the reader.
struct ClusterConfig {
  Secret url;  ///< NATS servers; empty: this node is alone
  /// Credentials and TLS beside the URL; see `nats::Links`.
  std::shared_ptr<const nats::ConnectionConfig> access;
  std::string name = "rig";
  std::size_t queue_max = 100'000;  ///< messages that wait to be sent
  int replicas = 1;                 ///< NATS servers that have a copy of what all nodes know
  std::size_t stream_bytes_max = std::size_t{256} << 20;  ///< of events that the servers record

  [[nodiscard]] bool is_on() const noexcept { return !url.empty(); }

  static ClusterConfig from_env(EnvReader& env);
};

}  // namespace rig::cluster
