#include "config.hpp"
#include "io/process_metrics.hpp"
#include "io/runtime_metrics.hpp"
#include "io/shared_registry.hpp"

#include <rig/core/module.hpp>
#include <rig/core/shard.hpp>

#include <memory>

namespace rig::metrics {
namespace {

constexpr PortKey kProvides[] = {port<Registry>(), port<Exposition>()};

/// Owns the registry. Others need it, so it is made before and destroyed after all that count.
class MetricsModule final : public Module {
 public:
  MetricsModule(MetricsConfig config, const Shards& shards)
      : registry_(shards.count(), config.enabled) {
    add_process_metrics(registry_);
    add_runtime_metrics(registry_, shards);
  }

  SharedRegistry& registry() { return registry_; }

 private:
  SharedRegistry registry_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module =
      std::make_unique<MetricsModule>(MetricsConfig::from_env(context.env()), context.shards());
  context.provide<Registry>(module->registry());
  context.provide<Exposition>(module->registry());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "metrics",
                                   .needs = {},
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::metrics
