#include "config.hpp"
#include "io/session_service.hpp"

#include <rig/core/module.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/peers/node_identity.hpp>
#include <rig/sessions/blacklist_replica.hpp>
#include <rig/sessions/sessions.hpp>

#include <memory>

namespace rig::sessions {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<peers::NodeIdentity>()};
constexpr PortKey kProvides[] = {port<Sessions>(), port<BlacklistReplica>()};

class SessionsModule final : public Module {
 public:
  SessionsModule(SessionsConfig config, const peers::NodeIdentity& here, Shards& shards,
                 metrics::Registry& registry)
      : service_(config, here.name(), shards, registry) {}

  SessionService& service() { return service_; }

  Task<> start() override { return service_.start(); }
  Task<> stop(Deadline) override { return service_.stop(); }

 private:
  SessionService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module = std::make_unique<SessionsModule>(
      SessionsConfig::from_env(context.env()), context.need<peers::NodeIdentity>(),
      context.shards(), context.need<metrics::Registry>());
  context.provide<Sessions>(module->service());
  context.provide<BlacklistReplica>(module->service());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "sessions",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::sessions
