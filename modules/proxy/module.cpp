#include "config.hpp"
#include "io/definition_service.hpp"
#include "logic/route_set.hpp"

#include <rig/core/log.hpp>
#include <rig/core/module.hpp>
#include <rig/jwt/tokens.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_definitions.hpp>
#include <rig/proxy/api_replica.hpp>

#include <boost/asio/ip/host_name.hpp>

#include <memory>
#include <string>
#include <utility>

namespace rig::proxy {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<jwt::Tokens>()};
constexpr PortKey kProvides[] = {port<ApiDefinitions>(), port<ApiReplica>()};

/// What this gateway is called where several are listed.
std::string node_name() {
  boost::system::error_code unknown;
  return boost::asio::ip::host_name(unknown);
}

std::shared_ptr<const RouteSet> compile(const ApiSet& set) {
  auto routes = std::make_shared<const RouteSet>(set.apis);
  for (const auto& problem : routes->problems())
    RIG_LOG(kError, "an endpoint is not served", {"reason", problem});
  return routes;
}

class ProxyModule final : public Module {
 public:
  ProxyModule(ProxyConfig config, Shards& shards, metrics::Registry& registry)
      : definitions_(std::move(config), node_name(), shards, registry, compile) {}

  DefinitionService& definitions() { return definitions_; }

  Task<> start() override { return definitions_.start(); }
  Task<> stop(Deadline) override { return definitions_.stop(); }

 private:
  DefinitionService definitions_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  const bool has_keys = context.need<jwt::Tokens>().has_keys();
  auto module = std::make_unique<ProxyModule>(ProxyConfig::from_env(context.env(), has_keys),
                                              context.shards(), context.need<metrics::Registry>());
  context.provide<ApiDefinitions>(module->definitions());
  context.provide<ApiReplica>(module->definitions());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "proxy",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::proxy
