#include "io/proxy_service.hpp"

#include "io/own_answers.hpp"
#include "io/relay_rules.hpp"
#include "logic/header_filter.hpp"
#include "logic/header_transforms.hpp"
#include "logic/path.hpp"
#include "logic/query.hpp"
#include "logic/token_places.hpp"

#include <rig/core/log.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using transport::Exchange;
using transport::HttpRequest;
using transport::HttpResponse;

constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kTooManyRequests = 429;
constexpr int kGatewayTimeout = 504;
constexpr ShardId kCheckingShard = 0;
constexpr std::string_view kCorrelation = "correlation";
constexpr std::string_view kHeadersOfPages = "content-type";

bool awaits_answer(const Endpoint& endpoint) noexcept {
  return endpoint.target == Target::kHttp && endpoint.response_from != ResponseFrom::kHttp;
}

/// RFC 9110, 9.2.2.
bool is_idempotent(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS" || method == "TRACE";
}

Framing framing_of(const Exchange& exchange) {
  if (!exchange.has_body()) return {};
  const auto length = exchange.body_length();
  return length ? Framing{Framing::Kind::kLength, *length} : Framing{Framing::Kind::kChunked, 0};
}

/// The word of the metrics for what came of it; empty: nothing is counted, the client left.
std::string_view status_of(Forwarded::Outcome outcome) noexcept {
  using Outcome = Forwarded::Outcome;
  switch (outcome) {
    case Outcome::kRelayed:
    case Outcome::kCut: return "ok";
    case Outcome::kRequestTimeout: return "request_timeout";
    case Outcome::kUnreachable:
    case Outcome::kBusy:
    case Outcome::kNoTarget:
    case Outcome::kOverLimit: return "unreachable";
    case Outcome::kBadRequest:
    case Outcome::kRequestTooSlow: return "bad_request";
    case Outcome::kDiscarded:
    case Outcome::kClientLeft: break;
  }
  return {};
}

}  // namespace

/// A client's request, ready to be written for any target.
class ProxyService::Draft final : public RequestMaker {
 public:
  Draft(const ProxyService& service, Exchange& exchange, const CompiledRoute& route,
        std::string_view path_and_query, std::span<const ClaimHeader> claims)
      : service_(service),
        exchange_(exchange),
        route_(route),
        path_and_query_(path_and_query),
        claims_(claims) {}

  [[nodiscard]] OutgoingRequest request_for(Server server) const override {
    const HttpRequest& request = exchange_.request();
    auto head = service_.upstream_head(exchange_, route_, server, path_and_query_, claims_);
    return {.server = std::move(server),
            .head = std::move(head),
            .is_head = request.method == "HEAD",
            .is_idempotent = is_idempotent(request.method),
            .is_upgrade = !requested_upgrade(request.headers).empty(),
            .timeouts = route_.endpoint->timeouts,
            .trailers = TrailerRules{.edits = request_edits(*route_.api, *route_.endpoint),
                                     .claims = claims_}};
  }
  [[nodiscard]] std::string_view path() const noexcept override {
    return path_and_query_.substr(0, path_and_query_.find('?'));
  }

 private:
  const ProxyService& service_;
  Exchange& exchange_;
  const CompiledRoute& route_;
  std::string_view path_and_query_;
  std::span<const ClaimHeader> claims_;
};

ProxyService::ProxyService(ProxyServiceConfig config, Shards& shards, Ports ports)
    : config_(std::move(config)),
      shards_(shards),
      ports_(ports),
      request_log_(config_.request_log, *ports.registry),
      access_log_(config_.access_log, *ports.registry),
      guard_(config_.rate_limit_clients_max, shards, ports.access, *ports.registry),
      parts_(shards),
      health_(shards.executor(kCheckingShard), *ports.registry,
              [this](std::string api, Server server, bool is_healthy) {
                return tell_health(*this, std::move(api), std::move(server), is_healthy);
              }) {}

Task<> ProxyService::start() {
  access_log_.start();
  auto& connections = ports_.registry->gauge(
      {"rig_proxy_connections", "Connections to backends, those that wait for a request included"});
  const auto make = [this, &connections](ShardId shard) {
    return std::unique_ptr<Part>(new Part{
        HttpTarget(shards_->executor(shard), *shards_, *ports_.tls, config_.http, connections),
        ProxyMetrics(ports_.registry), Sampler(std::random_device{}()),
        TargetTable(*ports_.registry)});
  };
  co_await parts_.start(make);
  co_await guard_.start();
  co_await parts_.for_each([this](Ref<Part> part) { return begin(*this, part); });
}

Task<> ProxyService::stop() {
  co_await health_.stop();
  co_await parts_.for_each([this](Ref<Part> part) { return end(*this, part); });
  co_await parts_.stop();
  co_await guard_.stop();
}

Task<> ProxyService::begin(Ref<ProxyService> self, Ref<Part> part) {
  const bool is_checking = current_shard() == kCheckingShard;
  self->ports_.definitions->listen([self, part, is_checking](const ApiSet& set) {
    part->targets.take(set);
    if (is_checking) self->health_.take(set, part->http);
  });
  co_return;
}

Task<> ProxyService::end(Ref<ProxyService> self, Ref<Part> part) {
  self->ports_.definitions->listen({});
  co_await HttpTarget::stop(part->http);
}

Task<> ProxyService::tell_health(Ref<ProxyService> self, std::string api, Server server,
                                 bool is_healthy) {
  co_await self->parts_.for_each(
      [&](Ref<Part> part) { return note_health(part, api, server, is_healthy); });
}

Task<> ProxyService::note_health(Ref<Part> part, std::string api, Server server, bool is_healthy) {
  part->targets.set_health(api, server, is_healthy);
  co_return;
}

Task<std::optional<HttpResponse>> ProxyService::handle(Ref<Exchange> exchange) {
  if (access_log_.is_on()) return logged(Ref(*this), exchange);
  return serve(Ref(*this), exchange, NoteTo());
}

Task<ProxyService::Answered> ProxyService::logged(Ref<ProxyService> self, Ref<Exchange> exchange) {
  RequestNotes notes(self->access_log_, self->parts_.local().sampler, *exchange);
  auto answer = co_await serve(self, exchange, NoteTo(notes));
  notes.ended(answer);
  co_return answer;
}

Task<ProxyService::Answered> ProxyService::serve(Ref<ProxyService> self, Ref<Exchange> exchange,
                                                 NoteTo notes) {
  const HttpRequest& request = exchange->request();
  std::string buffer;
  const auto target = parse_target(request.target, buffer);
  if (!target) co_return HttpResponse::error(kBadRequest, target.error().reason);
  const ApiSetRef set = self->ports_.definitions->snapshot();  // in force until this is over
  const auto match = set->routes->find(request.method, target->path);
  if (!match) co_return self->not_found(request, *set->routes, target->path);

  const CompiledRoute& route = *match->route;
  notes.matched(*route.api, *route.endpoint);
  // Now, as the table is that of the same set only until the next suspension.
  auto targets =
      route.api->targets.is_plain() ? nullptr : self->parts_.local().targets.find(*route.api);
  std::string query(target->query);
  std::vector<ClaimHeader> claims;
  if (RouteGuard::has_rules(route)) {
    auto admission = co_await RouteGuard::admit(self->guard_, exchange, route, query);
    if (admission.refusal) co_return self->refused(request, route, *std::move(admission.refusal));
    claims = std::move(admission.claims);
    if (route.endpoint->secured) query = query_without_tokens(route.api->auth, query);
  }
  if (self->request_log_.is_on())
    self->request_log_.write(*exchange, *route.api, *route.endpoint, target->path);
  std::string path_and_query;
  if (route.rewrite) {
    auto rewritten = route.rewrite->apply(match->captures, query);
    if (!rewritten) co_return HttpResponse::error(kBadRequest, rewritten.error().reason);
    path_and_query = *std::move(rewritten);
  } else {
    const bool had_only_tokens = query.empty() && !target->query.empty();
    append_target(path_and_query, target->path, query, target->has_query && !had_only_tokens);
  }
  if (route.endpoint->target == Target::kHttp)
    co_return co_await forward(self, exchange, route, std::move(targets), std::move(path_and_query),
                               std::move(claims), notes);
  co_return co_await BrokerRequests::serve(self->ports_.brokers, exchange, route,
                                           std::move(path_and_query), std::move(claims),
                                           self->parts_.local().metrics);
}

HttpResponse ProxyService::not_found(const HttpRequest& request, const RouteSet& routes,
                                     std::string_view path) {
  parts_.local().metrics.count_not_found(request.method, path);
  const auto allowed = routes.allowed_methods(path);
  if (allowed.empty()) return HttpResponse::error(kNotFound, "Not Found");
  auto response = HttpResponse::error(kMethodNotAllowed, "This path does not serve that method.");
  response.headers.add("allow", allowed);
  return response;
}

HttpResponse ProxyService::refused(const HttpRequest& request, const CompiledRoute& route,
                                   HttpResponse refusal) {
  if (refusal.status == kTooManyRequests)
    parts_.local().metrics.count(*route.endpoint, request.method, request.path(), "rate_limited");
  return refusal;
}

Task<ProxyService::Answered> ProxyService::forward(Ref<ProxyService> self, Ref<Exchange> exchange,
                                                   Ref<const CompiledRoute> route,
                                                   std::shared_ptr<ApiTargets> targets,
                                                   std::string path_and_query,
                                                   std::vector<ClaimHeader> claims, NoteTo notes) {
  const Endpoint& endpoint = *route->endpoint;
  const std::string method = exchange->request().method;
  const std::string path(exchange->request().path());
  std::unique_ptr<answers::Ticket> ticket;
  if (awaits_answer(endpoint)) {
    ticket = self->ports_.tickets->open();
    const auto mark = std::min(path_and_query.find('?'), path_and_query.size());
    const auto query =
        std::string_view(path_and_query).substr(mark).substr(mark < path_and_query.size());
    path_and_query = path_and_query.substr(0, mark) + "?" +
                     with_parameter(query, kCorrelation, ticket->correlation());
  }
  const Draft draft(*self, *exchange, *route, path_and_query, claims);
  RequestBody body(*exchange);
  RelayRules rules({.awaits_answer = ticket != nullptr,
                    .takes_trailers = accepts_trailers(exchange->request().headers),
                    .edits = response_edits(*route->api, endpoint),
                    .via = self->config_.forwarding.via});
  Part& part = self->parts_.local();
  Forwarded forwarded;
  if (targets) {
    forwarded = co_await BalancedForwarding::run(part.http, std::move(targets), exchange, body,
                                                 draft, rules);
    notes.forwarded(forwarded);
  } else {
    const auto request =
        draft.request_for(server_of(route->api->upstream, route->api->targets.tls));
    forwarded = co_await HttpTarget::forward(part.http, exchange, body, request, rules);
    notes.forwarded(request.server, forwarded);
  }
  if (forwarded.outcome == Forwarded::Outcome::kDiscarded)
    co_return co_await awaited(self, exchange, *ticket, route, method, path);
  const auto status = status_of(forwarded.outcome);
  if (!status.empty()) part.metrics.count(endpoint, method, path, status);
  using Outcome = Forwarded::Outcome;
  const bool is_over = forwarded.outcome == Outcome::kRelayed ||
                       forwarded.outcome == Outcome::kCut ||
                       forwarded.outcome == Outcome::kClientLeft;
  if (is_over) co_return std::nullopt;
  // What no backend was asked for is counted, and why is in the log already.
  if (!forwarded.reason.empty())
    RIG_LOG(kWarn, "a backend does not answer", {"api", route->api->id}, {"endpoint", endpoint.id},
            {"server", forwarded.server}, {"reason", forwarded.reason});
  co_return failure_response(forwarded);
}

Task<ProxyService::Answered> ProxyService::awaited(Ref<ProxyService> self, Ref<Exchange> exchange,
                                                   Ref<answers::Ticket> ticket,
                                                   Ref<const CompiledRoute> route,
                                                   std::string method, std::string path) {
  const Endpoint& endpoint = *route->endpoint;
  const auto timeout = endpoint.response_from == ResponseFrom::kKafka
                           ? self->config_.brokers.kafka_answer_timeout
                           : self->config_.async_answer_timeout;
  auto first = co_await (ticket->wait(Deadline::after(timeout)) || exchange->client_left());
  if (first.index() == 1) co_return std::nullopt;
  auto answer = std::get<0>(std::move(first));
  self->parts_.local().metrics.count(endpoint, method, path, answer ? "ok" : "response_timeout");
  if (answer) {
    auto response = response_of(*std::move(answer));
    edit(response, response_edits(*route->api, endpoint));
    co_return for_browsers(std::move(response), kHeadersOfPages);
  }
  HttpResponse late;
  late.status = kGatewayTimeout;
  co_return for_browsers(std::move(late), kHeadersOfPages);
}

std::string ProxyService::upstream_head(Exchange& exchange, const CompiledRoute& route,
                                        const Server& server, std::string_view target,
                                        std::span<const ClaimHeader> claims) const {
  const HttpRequest& request = exchange.request();
  const auto host = host_header(server.host, server.port);
  UpstreamRequest head{.method = request.method,
                       .target = target,
                       .host = host,
                       .headers = &request.headers,
                       .edits = request_edits(*route.api, *route.endpoint),
                       .claims = claims,
                       .forwarding = &config_.forwarding,
                       .client_ip = exchange.peer().address,
                       .gateway_ip = config_.gateway_ip,
                       .version = request.version,
                       .scheme = exchange.peer().is_secure ? "https" : "http",
                       .client_host = request.headers.find("host").value_or("")};
  head.framing = framing_of(exchange);
  head.has_length = !exchange.has_body() && request.headers.find("content-length").has_value();
  head.upgrade = requested_upgrade(request.headers);
  std::string text;
  text.reserve(240);
  write_upstream_head(text, head);
  return text;
}

}  // namespace rig::proxy
