#include "config.hpp"
#include "io/admission.hpp"
#include "io/descriptors.hpp"
#include "io/listener.hpp"
#include "io/long_poll_endpoint.hpp"
#include "io/poll_calls.hpp"
#include "io/subscriptions_calls.hpp"
#include "io/subscriptions_endpoint.hpp"
#include "io/transport_shard.hpp"

#include <rig/access/access.hpp>
#include <rig/core/env.hpp>
#include <rig/core/error.hpp>
#include <rig/core/log.hpp>
#include <rig/core/module.hpp>
#include <rig/core/sharded.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/peers/calls.hpp>
#include <rig/peers/node_identity.hpp>
#include <rig/sessions/sessions.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/subscriptions.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig::transport {
namespace {

constexpr PortKey kNeeds[] = {port<metrics::Registry>(),
                              port<subscriptions::Subscriptions>(),
                              port<subscriptions::EventSink>(),
                              port<access::Access>(),
                              port<sessions::Sessions>(),
                              port<peers::NodeIdentity>(),
                              port<peers::Calls>()};
constexpr PortKey kCollects[] = {port<HttpEndpoint>(), port<Fallback>()};

constexpr Route kEventStream{Door::kInbound, "GET", "/_rig/v1/connection/sse",
                             "authorization,last-event-id"};
constexpr Route kWebSocket{Door::kInbound, "GET", "/_rig/v1/connection/ws"};

/// Core has raised the limit of descriptors as far as it goes; each connection needs one.
void say_what_descriptors_allow(std::size_t connections_max, std::size_t shards) {
  const auto allowed = descriptors_allowed();
  const auto connections = allowed - std::min(allowed, descriptors_open());
  RIG_LOG(kNotice, "file descriptors", {"allowed", allowed}, {"connections", connections});
  // The default is meant as no limit; only who has set one expects to have so many connections.
  if (connections_max != kConnectionsMaxDefault && connections_max > connections / shards)
    RIG_LOG(kWarn, "fewer file descriptors than RIG_CONNECTIONS_MAX allows connections",
            {"allowed", allowed}, {"connections_max", connections_max}, {"shards", shards});
}

class TransportModule final : public Module {
 public:
  TransportModule(TransportContext context, std::vector<HttpEndpoint*> endpoints)
      : context_(std::move(context)),
        endpoints_(std::move(endpoints)),
        admission_(context_.config.admission, context_.shards, context_.metrics),
        shards_(context_.shards),
        subscriptions_(context_.shards, shards_, context_),
        long_polling_(context_.shards, shards_, context_) {
    context_.admission = &admission_;
    endpoints_.push_back(&subscriptions_);
    endpoints_.push_back(&long_polling_);
  }

  Task<> start() override {
    add(kEventStream, {nullptr, RouteTable::Connection::kSse});
    add(kWebSocket, {nullptr, RouteTable::Connection::kWebSocket});
    for (HttpEndpoint* endpoint : endpoints_) {
      for (const Route& route : endpoint->routes()) add(route, {endpoint});
    }
    const auto count = context_.shards.count();
    const auto& config = context_.config;
    Listeners inbound(config.bind_address, config.inbound_port, count, "INBOUND_PORT");
    const auto api_address = address_of_management();
    Listeners api(api_address, config.api_port, count, "API_HTTP_PORT");

    for (HttpEndpoint* endpoint : endpoints_) endpoint->listening({inbound.port(), api.port()});

    const auto make = [this, &inbound, &api](ShardId shard) {
      auto part = std::make_unique<TransportShard>(context_, shard);
      part->listen(inbound.take(), Door::kInbound);
      part->listen(api.take(), Door::kApi);
      return part;
    };
    co_await admission_.start();
    co_await shards_.start(make);
    serve_other_nodes();
    say_what_descriptors_allow(config.connections_max, count);
    RIG_LOG(kNotice, "listening", {"door", "inbound"}, {"port", inbound.port()});
    RIG_LOG(kNotice, "listening", {"door", "api"}, {"port", api.port()},
            {"address", api_address.empty() ? "all" : api_address});
  }

  Task<> drain(Deadline deadline) override {
    co_await shards_.for_each(TransportShard::begin_drain);
    co_await shards_.for_each([deadline](Ref<TransportShard> part) {
      return TransportShard::requests_done(part, deadline);
    });
    // Nothing is published through these doors any more: what was, reaches the clients before they
    // are sent away.
    co_await context_.events.settled();
    co_await shards_.for_each(TransportShard::end_long_polls);
    co_await say_goodbye(Ref(context_.shards), Ref(shards_), deadline);
  }

  Task<> stop(Deadline /*deadline*/) override {
    // Before any shard waits for its requests: a poll may wait on another one.
    co_await shards_.for_each(TransportShard::end_long_polls);
    for (const auto service : {kSubscriptionsService, kPollService})
      co_await context_.calls.withdraw(std::string(service));
    co_await shards_.for_each(TransportShard::stop);
    co_await shards_.stop();
    co_await admission_.stop();
  }

 private:
  void add(const Route& route, RouteTable::Target target) {
    context_.routes.add(route, target);
    RIG_LOG(kDebug, "route", {"door", name_of(route.door)}, {"method", route.method},
            {"path", route.path});
  }

  /// What clients of this one ask for there.
  void serve_other_nodes() {
    context_.calls.serve(std::string(kSubscriptionsService), [this](std::string request) {
      return answer_subscriptions_call(subscriptions_, std::move(request));
    });
    context_.calls.serve(std::string(kPollService), [this](std::string request) {
      return answer_poll_call(context_.shards, shards_, context_.node, std::move(request));
    });
  }

  /// Whoever reaches the management API can redirect all traffic: from outside only if it asks for
  /// a credential, or if someone wants it so.
  [[nodiscard]] std::string address_of_management() const {
    const auto& config = context_.config;
    if (!config.api_bind.empty()) return config.api_bind;
    return context_.access.managing_is_open() ? "127.0.0.1" : config.bind_address;
  }

  /// On all shards at the same time.
  static Task<> say_goodbye(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                            Deadline deadline) {
    TaskGroup goodbyes(shards->executor(current_shard()), "transport.goodbye");
    const auto count = static_cast<ShardId>(shards->count());
    for (ShardId shard = 0; shard < count; ++shard)
      goodbyes.spawn(on_shard(shards, shard, say_goodbye_here(parts, deadline)));
    co_await goodbyes.join();
  }
  static Task<> say_goodbye_here(Ref<Sharded<TransportShard>> parts, Deadline deadline) {
    co_await TransportShard::say_goodbye(parts->local(), deadline);
  }

  TransportContext context_;
  std::vector<HttpEndpoint*> endpoints_;
  Admission admission_;
  Sharded<TransportShard> shards_;
  SubscriptionsEndpoint subscriptions_;
  LongPollEndpoint long_polling_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto config = TransportConfig::from_env(context.env());
  Cors cors(config.cors);
  TransportContext shared{std::move(config),
                          RouteTable(),
                          std::move(cors),
                          TransportMetrics(context.need<metrics::Registry>()),
                          context.need<peers::NodeIdentity>(),
                          context.need<peers::Calls>(),
                          context.shards(),
                          context.lifecycle(),
                          context.need<subscriptions::Subscriptions>(),
                          context.need<subscriptions::EventSink>(),
                          context.need<access::Access>(),
                          context.need<sessions::Sessions>()};
  const auto fallbacks = context.collect<Fallback>();
  if (fallbacks.size() > 1) throw StartupError("two modules serve what no route is for");
  if (!fallbacks.empty()) shared.fallback = fallbacks.front();
  return std::make_unique<TransportModule>(std::move(shared), context.collect<HttpEndpoint>());
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "transport",
                                   .needs = kNeeds,
                                   .provides = {},
                                   .collects = kCollects,
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::transport
