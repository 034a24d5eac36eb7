#include "config.hpp"
#include "io/access_service.hpp"

#include <rig/core/env.hpp>
#include <rig/core/module.hpp>

#include <memory>
#include <utility>

namespace rig::access {
namespace {

constexpr PortKey kNeeds[] = {port<jwt::Tokens>(), port<sessions::Sessions>(),
                              port<http_client::HttpClient>(), port<metrics::Registry>()};
constexpr PortKey kProvides[] = {port<Access>()};

class AccessModule final : public Module {
 public:
  AccessModule(AccessConfig config, Shards& shards, AccessService::Ports ports)
      : service_(std::move(config), shards, ports) {}

  AccessService& service() { return service_; }

  Task<> start() override { return service_.start(); }
  Task<> stop(Deadline) override { return service_.stop(); }

 private:
  AccessService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  const AccessService::Ports ports{context.need<jwt::Tokens>(), context.need<sessions::Sessions>(),
                                   context.need<http_client::HttpClient>(),
                                   context.need<metrics::Registry>()};
  auto config = AccessConfig::from_env(context.env());
  if (!ports.tokens->has_keys()) config.require_keys(context.env());
  auto module = std::make_unique<AccessModule>(std::move(config), context.shards(), ports);
  context.provide<Access>(module->service());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "access",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::access
