#include "io/apis.hpp"
#include "io/cluster_sessions.hpp"
#include "io/health.hpp"
#include "io/messages.hpp"
#include "io/metrics_page.hpp"
#include "io/responses.hpp"
#include "io/sessions.hpp"

#include <rig/core/module.hpp>
#include <rig/peers/calls.hpp>

#include <memory>

namespace rig::api {
namespace {

constexpr PortKey kNeeds[] = {port<access::Access>(),        port<subscriptions::EventSink>(),
                              port<metrics::Registry>(),     port<metrics::Exposition>(),
                              port<proxy::ApiDefinitions>(), port<answers::Inbox>(),
                              port<sessions::Sessions>(),    port<peers::Calls>()};
constexpr PortKey kCollects[] = {port<HealthPart>()};
constexpr PortKey kContributes[] = {port<transport::HttpEndpoint>()};

/// Owns the resources; the transport calls them while it serves.
class ApiModule final : public Module {
 public:
  explicit ApiModule(ModuleContext& context)
      : events_(transport::Door::kInbound, context.need<subscriptions::EventSink>(),
                context.need<access::Access>(), context.need<metrics::Registry>()),
        messages_(transport::Door::kApi, context.need<subscriptions::EventSink>(),
                  context.need<access::Access>(), context.need<metrics::Registry>()),
        readiness_(context.lifecycle(), context.collect<HealthPart>()),
        metrics_page_(context.need<metrics::Exposition>()),
        apis_(context.need<proxy::ApiDefinitions>()),
        responses_(context.need<answers::Inbox>()),
        session_blacklist_(context.need<sessions::Sessions>()),
        cluster_sessions_(context.need<sessions::Sessions>(), context.need<peers::Calls>()),
        sessions_(cluster_sessions_) {
    context.contribute<transport::HttpEndpoint>(events_);
    context.contribute<transport::HttpEndpoint>(messages_);
    context.contribute<transport::HttpEndpoint>(liveness_);
    context.contribute<transport::HttpEndpoint>(readiness_);
    context.contribute<transport::HttpEndpoint>(metrics_page_);
    context.contribute<transport::HttpEndpoint>(apis_);
    context.contribute<transport::HttpEndpoint>(responses_);
    context.contribute<transport::HttpEndpoint>(session_blacklist_);
    context.contribute<transport::HttpEndpoint>(sessions_);
  }

  Task<> start() override {
    cluster_sessions_.serve();
    co_return;
  }
  Task<> stop(Deadline) override { co_await cluster_sessions_.withdraw(); }

 private:
  MessagesEndpoint events_;
  MessagesEndpoint messages_;
  LivenessEndpoint liveness_;
  ReadinessEndpoint readiness_;
  MetricsPageEndpoint metrics_page_;
  ApisEndpoint apis_;
  ResponsesEndpoint responses_;
  SessionBlacklistEndpoint session_blacklist_;
  ClusterSessions cluster_sessions_;
  SessionsEndpoint sessions_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  return std::make_unique<ApiModule>(context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "api",
                                   .needs = kNeeds,
                                   .provides = {},
                                   .collects = kCollects,
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::api
