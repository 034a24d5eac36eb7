#include "config.hpp"
#include "io/definition_service.hpp"
#include "io/pending_answers.hpp"
#include "io/proxy_service.hpp"
#include "logic/route_set.hpp"

#include <rig/access/access.hpp>
#include <rig/core/log.hpp>
#include <rig/core/module.hpp>
#include <rig/http_client/tls_contexts.hpp>
#include <rig/jwt/tokens.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/answers.hpp>
#include <rig/proxy/api_definitions.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/transport/fallback.hpp>

#include <boost/asio/ip/host_name.hpp>

#include <memory>
#include <string>
#include <utility>

namespace rig::proxy {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<jwt::Tokens>(),
                              port<access::Access>(), port<http_client::TlsContexts>()};
constexpr PortKey kProvides[] = {port<ApiDefinitions>(), port<ApiReplica>(), port<Answers>()};
constexpr PortKey kContributes[] = {port<transport::Fallback>()};

std::shared_ptr<const RouteSet> compile(const ApiSet& set) {
  auto routes = std::make_shared<const RouteSet>(set.apis);
  for (const auto& problem : routes->problems())
    RIG_LOG(kError, "an endpoint is not served", {"reason", problem});
  return routes;
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
                     context.need<metrics::Registry>(), compile),
        answers_(context.shards(), context.need<metrics::Registry>()),
        service_(std::move(service), context.shards(),
                 {definitions_, context.need<access::Access>(), answers_,
                  context.need<http_client::TlsContexts>(), context.need<metrics::Registry>()}) {
    context.provide<ApiDefinitions>(definitions_);
    context.provide<ApiReplica>(definitions_);
    context.provide<Answers>(answers_);
    context.contribute<transport::Fallback>(service_);
  }

  Task<> start() override {
    co_await definitions_.start();
    co_await answers_.start();
    co_await service_.start();
  }
  Task<> stop(Deadline) override {
    co_await service_.stop();
    co_await answers_.stop();
    co_await definitions_.stop();
  }

 private:
  DefinitionService definitions_;
  AnswerService answers_;
  ProxyService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  const bool has_keys = context.need<jwt::Tokens>().has_keys();
  auto definitions = ProxyConfig::from_env(context.env(), has_keys);
  auto service = ProxyServiceConfig::from_env(context.env());
  return std::make_unique<ProxyModule>(std::move(definitions), std::move(service), context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "proxy",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::proxy
