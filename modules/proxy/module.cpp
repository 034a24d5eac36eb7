#include "config.hpp"
#include "io/broker_requests.hpp"
#include "io/definition_service.hpp"
#include "io/proxy_service.hpp"
#include "logic/missing_targets.hpp"
#include "logic/route_set.hpp"

#include <rig/access/access.hpp>
#include <rig/answers/tickets.hpp>
#include <rig/core/log.hpp>
#include <rig/core/module.hpp>
#include <rig/http_client/tls_contexts.hpp>
#include <rig/jwt/tokens.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_definitions.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/proxy/message_target.hpp>
#include <rig/proxy/request_log_sink.hpp>
#include <rig/transport/fallback.hpp>

#include <boost/asio/ip/host_name.hpp>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<jwt::Tokens>(),
                              port<access::Access>(), port<answers::Tickets>(),
                              port<http_client::TlsContexts>()};
constexpr PortKey kProvides[] = {port<ApiDefinitions>(), port<ApiReplica>()};
constexpr PortKey kCollects[] = {port<MessageTarget>(), port<RequestLogSink>()};
constexpr PortKey kContributes[] = {port<transport::Fallback>()};

CompileRoutes compile_for(const std::vector<MessageTarget*>& brokers) {
  std::set<Target> present;
  for (const auto* broker : brokers) present.insert(broker->target());
  return [missing = MissingTargets(std::move(present))](const ApiSet& set) mutable {
    auto routes = std::make_shared<const RouteSet>(set.apis);
    for (const auto& problem : routes->problems())
      RIG_LOG(kError, "an endpoint is not served", {"reason", problem});
    for (const auto* route : missing.newly_in(*routes)) {
      RIG_LOG(kWarn, "an endpoint answers 503: this gateway is built without its target",
              {"endpoint", route->name}, {"target", name_of(route->endpoint->target)});
    }
    return routes;
  };
}

/// What this gateway is called where several are listed.
std::string node_name() {
  boost::system::error_code unknown;
  return boost::asio::ip::host_name(unknown);
}

class ProxyModule final : public Module {
 public:
  ProxyModule(ProxyConfig definitions, ProxyServiceConfig service, ModuleContext& context)
      : definitions_(std::move(definitions), node_name(), context.shards(),
                     context.need<metrics::Registry>(),
                     compile_for(context.collect<MessageTarget>())),
        brokers_(service.brokers, context.collect<MessageTarget>(),
                 context.need<answers::Tickets>()),
        service_(std::move(service), context.shards(),
                 {definitions_, context.need<access::Access>(), context.need<answers::Tickets>(),
                  brokers_, context.need<http_client::TlsContexts>(),
                  context.need<metrics::Registry>()}) {
    context.provide<ApiDefinitions>(definitions_);
    context.provide<ApiReplica>(definitions_);
    context.contribute<transport::Fallback>(service_);
  }

  Task<> start() override {
    co_await definitions_.start();
    co_await service_.start();
  }
  Task<> stop(Deadline) override {
    co_await service_.stop();
    co_await definitions_.stop();
  }

 private:
  DefinitionService definitions_;
  BrokerRequests brokers_;
  ProxyService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  const auto& tls = context.need<http_client::TlsContexts>();
  DefinitionRules rules;
  rules.has_keys = context.need<jwt::Tokens>().has_keys();
  rules.fault_of_ca_file = [&tls](const std::string& file) -> std::string {
    const auto made = tls.make({.ca_file = file});
    return made ? std::string() : made.error();
  };
  auto definitions = ProxyConfig::from_env(context.env(), std::move(rules));
  auto service = ProxyServiceConfig::from_env(context.env());
  service.request_log =
      RequestLogConfig::from_env(context.env(), context.collect<RequestLogSink>());
  return std::make_unique<ProxyModule>(std::move(definitions), std::move(service), context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "proxy",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = kCollects,
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::proxy
