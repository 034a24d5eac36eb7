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
  return config;
}

}  // namespace rig::cluster
