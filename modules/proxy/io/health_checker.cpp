#include "io/health_checker.hpp"

#include "io/check_exchange.hpp"
#include "logic/header_rules.hpp"

#include <rig/core/log.hpp>

#include <utility>

namespace rig::proxy {
namespace {

/// Only the status counts.
class StatusOnly final : public AnswerRules {
 public:
  std::optional<transport::HttpResponse> relayed(ResponseHead&) override { return std::nullopt; }
  std::optional<transport::HttpResponse> interim(ResponseHead&) override { return std::nullopt; }
  Headers trailers(const Headers&) override { return {}; }
};

OutgoingRequest request_for(const Server& server, const HealthCheck& rules) {
  OutgoingRequest request;
  request.server = server;
  request.head = "GET " + rules.path +
                 " HTTP/1.1\r\nhost: " + host_header(server.host, server.port) +
                 "\r\nuser-agent: rig-health-check\r\naccept: */*\r\n\r\n";
  request.is_idempotent = true;
  request.timeouts = {rules.timeout, rules.timeout, rules.timeout, rules.timeout};
  return request;
}

metrics::Counter& checks(metrics::Registry& registry, const std::string& api, const Server& server,
                         std::string result) {
  return registry.counter(
      {"rig_proxy_health_checks_total", "Health checks of the targets of an API"},
      {{"api", api}, {"target", server.text()}, {"result", std::move(result)}});
}

}  // namespace

HealthChecker::Watch::Watch(Key of, Executor executor, metrics::Registry& registry)
    : key(std::move(of)),
      pause(executor),
      unhealthy(registry.gauge(
          {"rig_proxy_target_unhealthy", "1: the target gets no requests, by its health checks"},
          {{"api", key.api}, {"target", key.server.text()}})),
      well(checks(registry, key.api, key.server, "ok")),
      failed(checks(registry, key.api, key.server, "failed")) {}

HealthChecker::Watch::~Watch() {
  if (!record.is_healthy()) unhealthy.sub();
}

HealthChecker::HealthChecker(Executor executor, metrics::Registry& registry, Tell tell)
    : executor_(executor),
      registry_(registry),
      tell_(std::move(tell)),
      tasks_(executor, "proxy.health") {}

void HealthChecker::take(const ApiSet& set, HttpTarget& http) {
  std::map<Key, WatchPtr> before;
  before.swap(watches_);
  for (const auto& api : set.apis) {
    const auto& rules = api->targets;
    if (!rules.health_check) continue;
    for (const auto& target : rules.targets) {
      Key key{api->id, server_of(target.upstream, rules.tls)};
      WatchPtr watched;
      if (const auto known = before.find(key); known != before.end()) {
        watched = std::move(known->second);
        before.erase(known);
        if (watched->rules != *rules.health_check) watched->pause.cancel();
        watched->rules = *rules.health_check;
      } else {
        watched = std::make_shared<Watch>(key, executor_, registry_);
        watched->rules = *rules.health_check;
        tasks_.spawn(watch(*this, watched, http));
      }
      watches_.emplace(std::move(key), std::move(watched));
    }
  }
  for (const auto& [key, gone] : before) {
    gone->is_over = true;
    gone->pause.cancel();
  }
}

Task<> HealthChecker::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  watches_.clear();
}

Task<> HealthChecker::watch(Ref<HealthChecker> self, WatchPtr target, Ref<HttpTarget> http) {
  while (!target->is_over) {
    auto result = co_await check(self, target, http);
    if (target->is_over) co_return;
    co_await note(self, target, std::move(result));
    target->pause.expires_after(target->rules.interval);
    // Ended early when the rules change, and when the watch is over or cancelled.
    co_await target->pause.async_wait(kUseTaskTuple);
  }
}

Task<Forwarded> HealthChecker::check(Ref<HealthChecker> self, WatchPtr target,
                                     Ref<HttpTarget> http) {
  CheckExchange exchange(self->executor_);
  RequestBody body(exchange);
  StatusOnly rules;
  const auto request = request_for(target->key.server, target->rules);
  co_return co_await HttpTarget::forward(http, exchange, body, request, rules);
}

/// The first verdict is told, as a shard may remember a worse one of a target that had been gone;
/// a bad one each time, as a shard may not have known the target when it was told first.
Task<> HealthChecker::note(Ref<HealthChecker> self, WatchPtr target, Forwarded result) {
  using Outcome = Forwarded::Outcome;
  if (result.outcome == Outcome::kBusy) co_return;  // nothing is known of the target
  const bool is_success =
      result.outcome == Outcome::kDiscarded && is_well(target->rules, result.status);
  (is_success ? target->well : target->failed).add();
  const bool has_changed = target->record.note(target->rules, is_success);
  const bool is_healthy = target->record.is_healthy();
  if (has_changed) {
    target->unhealthy.add(is_healthy ? -1 : 1);
    const auto reason =
        result.status == 0 ? result.reason : "status " + std::to_string(result.status);
    if (is_healthy) {
      RIG_LOG(kNotice, "a backend is healthy again", {"api", target->key.api},
              {"server", target->key.server.text()});
    } else {
      RIG_LOG(kWarn, "a backend is not healthy", {"api", target->key.api},
              {"server", target->key.server.text()}, {"reason", reason});
    }
  }
  if (std::exchange(target->is_told, true) && !has_changed && is_healthy) co_return;
  co_await self->tell_(target->key.api, target->key.server, is_healthy);
}

}  // namespace rig::proxy
