#include "config.hpp"
#include "io/cluster_endpoint.hpp"
#include "io/node.hpp"
#include "io/this_node.hpp"

#include <rig/api/health_part.hpp>
#include <rig/core/env.hpp>
#include <rig/core/module.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/bucket.hpp>
#include <rig/nats/link.hpp>
#include <rig/nats/stream.hpp>
#include <rig/peers/call_exchange.hpp>
#include <rig/peers/node_identity.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/sessions/blacklist_replica.hpp>
#include <rig/subscriptions/event_exchange.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <memory>

namespace rig::cluster {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(),
                              port<nats::Buckets>(),
                              port<nats::Links>(),
                              port<nats::Streams>(),
                              port<peers::CallExchange>(),
                              port<peers::NodeIdentity>(),
                              port<proxy::ApiReplica>(),
                              port<sessions::BlacklistReplica>(),
                              port<subscriptions::EventExchange>()};
constexpr PortKey kContributes[] = {port<api::HealthPart>(), port<transport::HttpEndpoint>()};

/// A gateway that is alone: it can be asked as if it were a cluster, and has nothing else of one.
class NoClusterModule final : public Module, private ViewSource {
 public:
  explicit NoClusterModule(ModuleContext& context)
      : this_node_(context.need<peers::NodeIdentity>(), context.lifecycle(),
                   context.need<metrics::Registry>()),
        endpoint_(*this) {
    context.contribute<transport::HttpEndpoint>(endpoint_);
  }

 private:
  Task<ClusterView> view() override {
    ClusterView view;
    view.self = this_node_.member();
    co_return view;
  }

  const ThisNode this_node_;
  ClusterEndpoint endpoint_;
};

class ClusterModule final : public Module {
 public:
  ClusterModule(const ClusterConfig& config, ModuleContext& context)
      : node_(config, context.need<nats::Links>(), context.need<nats::Buckets>(),
              context.need<nats::Streams>(),
              {context.shards(), context.lifecycle(), context.need<metrics::Registry>(),
               context.need<subscriptions::EventExchange>(),
               context.need<sessions::BlacklistReplica>(), context.need<proxy::ApiReplica>(),
               context.need<peers::NodeIdentity>(), context.need<peers::CallExchange>()}),
        endpoint_(node_) {
    context.contribute<api::HealthPart>(node_);
    context.contribute<transport::HttpEndpoint>(endpoint_);
  }

  Task<> start() override { return node_.start(); }
  Task<> stop(Deadline) override { return node_.stop(); }

 private:
  Node node_;
  ClusterEndpoint endpoint_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto config = ClusterConfig::from_env(context.env());
  const auto& links = context.need<nats::Links>();
  config.access = links.read_access(context.env(), "CLUSTER", "CLUSTER_URL", config.url);
  if (!config.is_on()) return std::make_unique<NoClusterModule>(context);
  if (const auto problem = links.problem_of(config.url)) {
    context.env().problem("CLUSTER_URL", *problem);
    return std::make_unique<NoClusterModule>(context);
  }
  if (!context.need<peers::NodeIdentity>().has_secret()) {
    context.env().problem("CLUSTER_SECRET",
                          "is needed with CLUSTER_URL: give all nodes the same one, such as "
                          "`openssl rand -hex 32` prints");
    return std::make_unique<NoClusterModule>(context);
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
