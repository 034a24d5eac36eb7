#include "config.hpp"
#include "io/node.hpp"

#include <rig/api/health_part.hpp>
#include <rig/core/env.hpp>
#include <rig/core/module.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/link.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/sessions/blacklist_replica.hpp>
#include <rig/subscriptions/event_exchange.hpp>

#include <memory>

namespace rig::cluster {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<nats::Links>(),
                              port<proxy::ApiReplica>(), port<sessions::BlacklistReplica>(),
                              port<subscriptions::EventExchange>()};
constexpr PortKey kContributes[] = {port<api::HealthPart>()};

/// A gateway that is alone has nothing of a cluster.
class NoClusterModule final : public Module {};

class ClusterModule final : public Module {
 public:
  ClusterModule(const ClusterConfig& config, ModuleContext& context)
      : node_(config, context.need<nats::Links>(),
              {context.shards(), context.need<metrics::Registry>(),
               context.need<subscriptions::EventExchange>(),
               context.need<sessions::BlacklistReplica>(), context.need<proxy::ApiReplica>()}) {
    context.contribute<api::HealthPart>(node_);
  }

  Task<> start() override { return node_.start(); }
  Task<> stop(Deadline) override { return node_.stop(); }

 private:
  Node node_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  const auto config = ClusterConfig::from_env(context.env());
  if (!config.is_on()) return std::make_unique<NoClusterModule>();
  if (const auto problem = context.need<nats::Links>().problem_of(config.url)) {
    context.env().problem("CLUSTER_URL", *problem);
    return std::make_unique<NoClusterModule>();
  }
  return std::make_unique<ClusterModule>(config, context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "cluster",
                                   .needs = kNeeds,
                                   .provides = {},
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::cluster
