#include "config.hpp"
#include "io/peer_service.hpp"

#include <rig/core/module.hpp>

#include <memory>

namespace rig::peers {
namespace {

constexpr PortKey kProvides[] = {port<NodeIdentity>(), port<Calls>(), port<CallExchange>()};

class PeersModule final : public Module {
 public:
  explicit PeersModule(ModuleContext& context)
      : service_(context.shards(), PeersConfig::from_env(context.env())) {
    context.provide<NodeIdentity>(service_);
    context.provide<Calls>(service_);
    context.provide<CallExchange>(service_);
  }

 private:
  PeerService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  return std::make_unique<PeersModule>(context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "peers",
                                   .needs = {},
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::peers
