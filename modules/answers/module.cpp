#include "io/answer_service.hpp"

#include <rig/core/module.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/peers/calls.hpp>
#include <rig/peers/node_identity.hpp>

#include <memory>

namespace rig::answers {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(), port<peers::Calls>(),
                              port<peers::NodeIdentity>()};
constexpr PortKey kProvides[] = {port<Inbox>(), port<Tickets>()};

class AnswersModule final : public Module {
 public:
  explicit AnswersModule(ModuleContext& context)
      : service_(context.shards(), context.need<peers::NodeIdentity>(),
                 context.need<peers::Calls>(), context.need<metrics::Registry>()) {
    context.provide<Inbox>(service_);
    context.provide<Tickets>(service_);
  }

  Task<> start() override { co_await service_.start(); }
  Task<> stop(Deadline) override { co_await service_.stop(); }

 private:
  AnswerService service_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  return std::make_unique<AnswersModule>(context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "answers",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::answers
