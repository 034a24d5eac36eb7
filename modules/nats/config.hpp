#pragma once

#include <rig/core/secret.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rig {
class EnvReader;
}

namespace rig::nats {

/// Who the gateway is for the servers; at most one of the kinds is set.
struct Credentials {
  std::string user;
  Secret password;
  Secret token;
  std::string file;  ///< a JWT and the seed that belongs to it
  std::string nkey;  ///< a public key, and the file with its seed
  std::string nkey_seed_file;
};

struct TlsConfig {
  bool is_on = false;
  std::string ca_file;  ///< authorities beside the system's; PEM
  std::string certificate_file;
  std::string key_file;
};

/// Where the servers are and how they are talked to.
struct ConnectionConfig {
  std::vector<std::string> servers;  ///< "host:port"; empty: NATS is not used
  Credentials credentials;
  TlsConfig tls;
  std::string prefix = "NATS";                ///< of the settings' names, for messages
  std::string servers_name = "NATS_SERVERS";  ///< of the setting that names the servers
  bool hears_itself = true;                   ///< its subscriptions get what it publishes
  bool reconnects = true;      ///< the library does; otherwise a new connection follows a lost one
  bool shares_thread = false;  ///< one thread for the deliveries of all subscriptions
};

/// Events from NATS.
struct SourceConfig {
  std::vector<std::string> topics;  ///< subjects, also with wildcards
  std::string queue_group;
  int pending_messages_max = 65'536;          ///< of each topic, those that wait to be decoded
  std::size_t pending_bytes_max = 64U << 20;  ///< the same in bytes
};

/// Requests of clients to NATS.
struct TargetConfig {
  std::size_t queue_max = 10'000;  ///< messages that wait for the connection
  std::chrono::milliseconds timeout{2'000};
};

/// The settings of this module; read once. Problems are noted with the reader.
struct NatsConfig {
  ConnectionConfig connection;
  SourceConfig source;
  TargetConfig target;

  [[nodiscard]] bool is_on() const noexcept { return !connection.servers.empty(); }

  static NatsConfig from_env(EnvReader& env);
};

}  // namespace rig::nats
