#include "config.hpp"
#include "io/token_service.hpp"

#include <rig/core/module.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/jwt/tokens.hpp>
#include <rig/metrics/registry.hpp>

#include <memory>
#include <utility>

namespace rig::jwt {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<http_client::HttpClient>()};
constexpr PortKey kProvides[] = {port<Tokens>()};

class JwtModule final : public Module {
 public:
  JwtModule(JwtConfig config, Shards& shards, metrics::Registry& registry,
            http_client::HttpClient& client)
      : service_(std::move(config), shards, registry, client) {}

  TokenService& service() { return service_; }

  Task<> start() override { return service_.start(); }
  Task<> stop(Deadline) override { return service_.stop(); }

 private:
  TokenService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module = std::make_unique<JwtModule>(JwtConfig::from_env(context.env()), context.shards(),
                                            context.need<metrics::Registry>(),
                                            context.need<http_client::HttpClient>());
  context.provide<Tokens>(module->service());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "jwt",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::jwt
