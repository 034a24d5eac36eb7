#pragma once

#include "io/access_log.hpp"
#include "io/balanced_forwarding.hpp"
#include "io/broker_requests.hpp"
#include "io/definition_service.hpp"
#include "io/health_checker.hpp"
#include "io/http_target.hpp"
#include "io/proxy_metrics.hpp"
#include "io/request_log.hpp"
#include "io/request_notes.hpp"
#include "io/route_guard.hpp"
#include "io/target_table.hpp"
#include "logic/header_rules.hpp"
#include "logic/route_set.hpp"
#include "logic/sampler.hpp"

#include <rig/access/access.hpp>
#include <rig/answers/tickets.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/transport/fallback.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// How requests are handed on.
struct ProxyServiceConfig {
  HttpTargetConfig http;
  ForwardingRules forwarding;
  std::string gateway_ip;  ///< for `Forwarded`
  std::size_t rate_limit_clients_max = 100'000;
  std::chrono::milliseconds async_answer_timeout{5'000};
  BrokerRequestsConfig brokers;
  RequestLogConfig request_log;  ///< not by `from_env`: it depends on what modules contribute
  AccessLogConfig access_log;

  static ProxyServiceConfig from_env(EnvReader& env);
};

/// The reverse proxy: finds the endpoint of a request, checks who sends it, and has its target
/// answer. One object per node; what a shard needs of its own is in its part.
class ProxyService final : public transport::Fallback {
 public:
  struct Ports {
    Ref<DefinitionService> definitions;
    Ref<access::Access> access;
    Ref<answers::Tickets> tickets;
    Ref<const BrokerRequests> brokers;
    Ref<const http_client::TlsContexts> tls;
    Ref<metrics::Registry> registry;
  };

  ProxyService(ProxyServiceConfig config, Shards& shards, Ports ports);

  Task<> start();
  Task<> stop();

  Task<std::optional<transport::HttpResponse>> handle(Ref<transport::Exchange> exchange) override;

 private:
  using Answered = std::optional<transport::HttpResponse>;

  /// What a shard has of its own.
  struct Part {
    HttpTarget http;
    ProxyMetrics metrics;
    Sampler sampler;
    TargetTable targets;
  };
  class Draft;

  static Task<> begin(Ref<ProxyService> self, Ref<Part> part);
  static Task<> end(Ref<ProxyService> self, Ref<Part> part);
  static Task<> tell_health(Ref<ProxyService> self, std::string api, Server server,
                            bool is_healthy);
  static Task<> note_health(Ref<Part> part, std::string api, Server server, bool is_healthy);
  static Task<Answered> logged(Ref<ProxyService> self, Ref<transport::Exchange> exchange);
  static Task<Answered> serve(Ref<ProxyService> self, Ref<transport::Exchange> exchange,
                              NoteTo notes);
  static Task<Answered> forward(Ref<ProxyService> self, Ref<transport::Exchange> exchange,
                                Ref<const CompiledRoute> route, std::shared_ptr<ApiTargets> targets,
                                std::string path_and_query, std::vector<ClaimHeader> claims,
                                NoteTo notes);
  static Task<Answered> awaited(Ref<ProxyService> self, Ref<transport::Exchange> exchange,
                                Ref<answers::Ticket> ticket, Ref<const CompiledRoute> route,
                                std::string method, std::string path);
  [[nodiscard]] transport::HttpResponse not_found(const transport::HttpRequest& request,
                                                  const RouteSet& routes, std::string_view path);
  [[nodiscard]] transport::HttpResponse refused(const transport::HttpRequest& request,
                                                const CompiledRoute& route,
                                                transport::HttpResponse refusal);
  [[nodiscard]] std::string upstream_head(transport::Exchange& exchange, const CompiledRoute& route,
                                          const Server& server, std::string_view target,
                                          std::span<const ClaimHeader> claims) const;

  const ProxyServiceConfig config_;
  Ref<Shards> shards_;
  const Ports ports_;
  RequestLog request_log_;
  AccessLog access_log_;
  RouteGuard guard_;
  Sharded<Part> parts_;
  HealthChecker health_;
};

}  // namespace rig::proxy
