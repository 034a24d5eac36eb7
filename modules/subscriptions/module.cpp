#include "config.hpp"
#include "io/subscription_service.hpp"

#include <rig/core/module.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_exchange.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <memory>
#include <utility>

namespace rig::subscriptions {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>()};
constexpr PortKey kProvides[] = {port<Subscriptions>(), port<EventSink>(), port<EventExchange>()};

class SubscriptionsModule final : public Module {
 public:
  SubscriptionsModule(SubscriptionsConfig config, Shards& shards, metrics::Registry& registry)
      : service_(std::move(config), shards, registry) {}

  SubscriptionService& service() { return service_; }

  Task<> start() override { return service_.start(); }
  Task<> stop(Deadline) override { return service_.stop(); }

 private:
  SubscriptionService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module =
      std::make_unique<SubscriptionsModule>(SubscriptionsConfig::from_env(context.env()),
                                            context.shards(), context.need<metrics::Registry>());
  context.provide<Subscriptions>(module->service());
  context.provide<EventSink>(module->service());
  context.provide<EventExchange>(module->service());
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "subscriptions",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::subscriptions
