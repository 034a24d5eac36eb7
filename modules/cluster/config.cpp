#include "config.hpp"

#include "logic/subjects.hpp"

#include <rig/core/env.hpp>

namespace rig::cluster {

ClusterConfig ClusterConfig::from_env(EnvReader& env) {
  ClusterConfig config;
  config.url = env.secret({"CLUSTER_URL",
                           "NATS servers that connect several gateways to one, as in NATS_SERVERS: "
                           "nats://user:password@host:4222,…; empty: this one is alone"});
  constexpr const char* kName = "CLUSTER_NAME";
  config.name = env.text({kName, "Gateways of one name are one cluster; letters, digits, - and _"},
                         config.name);
  if (!is_cluster_name(config.name))
    env.problem(kName, "has 1 to 64 letters, digits, hyphens and underscores");
  config.queue_max = static_cast<std::size_t>(
      env.integer({"CLUSTER_QUEUE_MAX",
                   "Messages that may wait to be sent to other nodes; beyond, events are dropped"},
                  static_cast<std::int64_t>(config.queue_max), {1'000, 10'000'000}));
  config.replicas = static_cast<int>(env.integer(
      {"CLUSTER_REPLICAS",
       "NATS servers that keep a copy of what all nodes know, in memory: 1, 3 or 5; not "
       "more than there are servers"},
      config.replicas, {1, 5}));
  config.stream_bytes_max = env.bytes(
      {"CLUSTER_STREAM_BYTES_MAX",
       "Memory of the NATS servers for events that a client which comes back to another node may "
       "have missed; they are kept for RIG_REPLAY_AGE_MAX at most"},
      config.stream_bytes_max, {std::int64_t{1} << 20, std::int64_t{1} << 40});
  return config;
}

}  // namespace rig::cluster
