#include "config.hpp"
#include "io/http_client_service.hpp"

#include <rig/core/env.hpp>
#include <rig/core/module.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/http_client/tls_contexts.hpp>
#include <rig/metrics/registry.hpp>

#include <memory>
#include <utility>

namespace rig::http_client {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>()};
constexpr PortKey kProvides[] = {port<HttpClient>(), port<TlsContexts>()};

class HttpClientModule final : public Module {
 public:
  HttpClientModule(HttpClientConfig config, Shards& shards, metrics::Registry& registry)
      : service_(std::move(config), shards, registry) {}

  HttpClientService& service() { return service_; }

  Task<> start() override { return service_.start(); }
  Task<> stop(Deadline) override { return service_.stop(); }

 private:
  HttpClientService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module =
      std::make_unique<HttpClientModule>(HttpClientConfig::from_env(context.env()),
                                         context.shards(), context.need<metrics::Registry>());
  context.provide<HttpClient>(module->service());
  context.provide<TlsContexts>(module->service().tls_contexts());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "http_client",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::http_client
