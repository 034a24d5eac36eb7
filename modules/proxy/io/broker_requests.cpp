#include "io/broker_requests.hpp"

#include "io/own_answers.hpp"
#include "logic/header_transforms.hpp"
#include "logic/http_text.hpp"
#include "logic/published_headers.hpp"

#include <rig/core/env.hpp>
#include <rig/core/error.hpp>
#include <rig/core/log.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using transport::Exchange;
using transport::HttpResponse;
using Outcome = MessageTarget::Result::Outcome;

constexpr std::string_view kOk = "ok";
constexpr std::string_view kBadRequest = "bad_request";
constexpr std::string_view kUnreachable = "unreachable";
constexpr std::string_view kResponseTimeout = "response_timeout";
constexpr std::string_view kHeadersOfPages = "content-type,authorization";

/// The broker itself gives the answer.
bool awaits_answer(const Endpoint& endpoint) noexcept {
  return name_of(endpoint.response_from) == name_of(endpoint.target);
}

/// A body that did not come; nothing to say: the client left.
using NoBody = std::optional<HttpResponse>;

HttpResponse too_large(std::uint64_t bytes_max) {
  return HttpResponse::error(413, "The body is larger than " + std::to_string(bytes_max) +
                                      " bytes (RIG_PROXY_MESSAGE_BYTES_MAX).");
}

NoBody failed(Exchange::Failure failure) {
  switch (failure) {
    case Exchange::Failure::kTooSlow:
      return HttpResponse::error(408, "The request did not come in time.");
    case Exchange::Failure::kInvalid:
      return HttpResponse::error(400, "The body of the request is not valid.");
    case Exchange::Failure::kClientLeft: break;
  }
  return std::nullopt;
}

Task<boost::system::result<std::string, NoBody>> read_body(Ref<Exchange> exchange,
                                                           std::uint64_t bytes_max) {
  std::string body;
  if (!exchange->has_body()) co_return body;
  const auto length = exchange->body_length();
  if (length && *length > bytes_max) co_return NoBody(too_large(bytes_max));
  for (;;) {
    const auto piece = co_await exchange->read();
    if (!piece) co_return failed(piece.error());
    if (piece->empty()) co_return body;
    if (body.size() + piece->size() > bytes_max) co_return NoBody(too_large(bytes_max));
    body += *piece;
  }
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

HttpResponse timed_out(Target target) {
  // The words of the first RIG, which has none for Kafka.
  if (target == Target::kNats)
    return HttpResponse::text(504, "Timed out while waiting for the response.");
  HttpResponse response;
  response.status = 504;
  return response;
}

HttpResponse answered(Answer answer, const CompiledRoute& route) {
  auto response = response_of(std::move(answer));
  if (route.endpoint->target == Target::kNats && response.content_type.empty())
    response.content_type = "application/json; charset=utf-8";
  edit(response, response_edits(*route.api, *route.endpoint));
  return response;
}

}  // namespace

BrokerRequestsConfig BrokerRequestsConfig::from_env(EnvReader& env) {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  BrokerRequestsConfig c;
  c.kafka_answer_timeout = env.duration(
      {"PROXY_KAFKA_RESPONSE_TIMEOUT", "The same for endpoints whose answer comes from Kafka"},
      c.kafka_answer_timeout, milliseconds(1), hours(24));
  c.nats_answer_timeout = env.duration(
      {"PROXY_NATS_RESPONSE_TIMEOUT", "The same for endpoints whose answer comes from NATS"},
      c.nats_answer_timeout, milliseconds(1), hours(24));
  c.body_bytes_max = env.bytes({"RIG_PROXY_MESSAGE_BYTES_MAX",
                                "Largest body of a request whose target is a broker; beyond: 413"},
                               c.body_bytes_max, {1, std::int64_t{1} << 30});
  c.redacts_credentials =
      env.boolean({"RIG_PROXY_MESSAGE_REDACT",
                   "Events for brokers do not have the values of the headers that hold credentials "
                   "(Authorization, Cookie, and what auth.header_name says)"},
                  c.redacts_credentials);
  return c;
}

BrokerRequests::BrokerRequests(BrokerRequestsConfig config, std::span<MessageTarget* const> targets,
                               Ref<answers::Tickets> tickets)
    : config_(config), tickets_(tickets) {
  for (auto* const target : targets) {
    auto& place = targets_[static_cast<std::size_t>(target->target())];
    if (place != nullptr) {
      throw StartupError("more than one module is the target \"" +
                         std::string(name_of(target->target())) + "\" of API definitions");
    }
    place = target;
  }
}

std::chrono::milliseconds BrokerRequests::answer_timeout(Target target) const noexcept {
  return target == Target::kNats ? config_.nats_answer_timeout : config_.kafka_answer_timeout;
}

Task<std::optional<HttpResponse>> BrokerRequests::serve(
    Ref<const BrokerRequests> self, Ref<Exchange> exchange, Ref<const CompiledRoute> route,
    std::string path_and_query, std::vector<ClaimHeader> claims, Ref<ProxyMetrics> metrics) {
  auto reply =
      co_await reply_to(self, exchange, route, std::move(path_and_query), std::move(claims));
  const auto& request = exchange->request();
  if (!reply.status.empty())
    metrics->count(*route->endpoint, request.method, request.path(), reply.status);
  if (!reply.response) co_return std::nullopt;
  co_return for_browsers(*std::move(reply.response), kHeadersOfPages);
}

Task<BrokerRequests::Reply> BrokerRequests::reply_to(Ref<const BrokerRequests> self,
                                                     Ref<Exchange> exchange,
                                                     Ref<const CompiledRoute> route,
                                                     std::string path_and_query,
                                                     std::vector<ClaimHeader> claims) {
  const auto target = route->endpoint->target;
  if (exchange->request().method == "OPTIONS") {
    HttpResponse response;
    response.status = 204;
    co_return Reply{std::move(response), target == Target::kNats ? "" : kOk};
  }
  auto* const broker = self->find(target);
  if (broker == nullptr) {
    auto response = HttpResponse::error(503,
                                        "This gateway is built without the target of this "
                                        "endpoint.");
    co_return Reply{std::move(response), kUnreachable};
  }
  auto body = co_await read_body(exchange, self->config_.body_bytes_max);
  if (!body) {
    const auto status = body.error() ? kBadRequest : std::string_view();
    co_return Reply{std::move(body).error(), status};
  }
  co_return co_await publish(self, exchange, route, *broker, *std::move(body),
                             std::move(path_and_query), std::move(claims));
}

boost::system::result<RequestEvent, BadEvent> BrokerRequests::make_event(
    const Exchange& exchange, const CompiledRoute& route, std::string_view body,
    std::string_view path_and_query, std::span<const ClaimHeader> claims,
    std::string_view correlation) const {
  const auto& request = exchange.request();
  const auto header = [&request](std::string_view name) {
    return request.headers.find(name).value_or("");
  };
  const auto own_name = in_lower_case(route.api->auth.header_name);
  const std::array<std::string_view, 4> secrets{"authorization", "proxy-authorization", "cookie",
                                                own_name};
  const auto redacted = config_.redacts_credentials ? std::span<const std::string_view>(secrets)
                                                    : std::span<const std::string_view>();
  const auto headers = published_headers(
      request.headers, request_edits(*route.api, *route.endpoint), claims, redacted);
  const auto mark = std::min(path_and_query.find('?'), path_and_query.size());
  const auto query = path_and_query.substr(mark);
  // NATS had no trace in the first RIG.
  const bool has_trace = route.endpoint->target != Target::kNats;
  return make_request_event(body,
                            {.correlation = correlation,
                             .remote_ip = exchange.peer().address,
                             .scheme = exchange.peer().is_secure ? "https" : "http",
                             .host = header("host"),
                             .method = request.method,
                             .path = path_and_query.substr(0, mark),
                             .query = query.empty() ? query : query.substr(1),
                             .headers = headers,
                             .traceparent = has_trace ? header("traceparent") : std::string_view(),
                             .tracestate = has_trace ? header("tracestate") : std::string_view()});
}

Task<BrokerRequests::Reply> BrokerRequests::publish(Ref<const BrokerRequests> self,
                                                    Ref<Exchange> exchange,
                                                    Ref<const CompiledRoute> route,
                                                    Ref<MessageTarget> target, std::string body,
                                                    std::string path_and_query,
                                                    std::vector<ClaimHeader> claims) {
  const Endpoint& endpoint = *route->endpoint;
  const bool awaits_reply = awaits_answer(endpoint) && target->has_replies();
  // Before the message leaves: the answer may be quicker than what the broker says to that.
  std::unique_ptr<answers::Ticket> ticket;
  if (awaits_answer(endpoint) && !awaits_reply) ticket = self->tickets_->open();
  const auto correlation = ticket ? ticket->correlation() : self->tickets_->without_ticket();
  auto event = self->make_event(*exchange, *route, body, path_and_query, claims, correlation);
  body.clear();
  if (!event) {
    auto refusal = HttpResponse::text(400, refusal_text(event.error(), endpoint.target));
    co_return Reply{std::move(refusal), kBadRequest};
  }
  MessageTarget::Message message{.topic = endpoint.topic,
                                 .schema = endpoint.schema,
                                 .partition_key = std::move(event->partition_key),
                                 .event = std::move(event->text)};
  if (awaits_reply) co_return co_await request(self, exchange, route, target, std::move(message));
  auto result = co_await target->publish(std::move(message));
  if (ticket && result.outcome == Outcome::kTaken)
    co_return co_await wait(self, exchange, route, *ticket);
  co_return reply_of(*route, std::move(result));
}

Task<BrokerRequests::Reply> BrokerRequests::request(Ref<const BrokerRequests> self,
                                                    Ref<Exchange> exchange,
                                                    Ref<const CompiledRoute> route,
                                                    Ref<MessageTarget> target,
                                                    MessageTarget::Message message) {
  const auto timeout = self->answer_timeout(route->endpoint->target);
  auto first = co_await (target->request(std::move(message), timeout) || exchange->client_left());
  if (first.index() == 1) co_return Reply{};
  co_return reply_of(*route, std::get<0>(std::move(first)));
}

Task<BrokerRequests::Reply> BrokerRequests::wait(Ref<const BrokerRequests> self,
                                                 Ref<Exchange> exchange,
                                                 Ref<const CompiledRoute> route,
                                                 Ref<answers::Ticket> ticket) {
  const auto target = route->endpoint->target;
  const auto deadline = Deadline::after(self->answer_timeout(target));
  auto first = co_await (ticket->wait(deadline) || exchange->client_left());
  if (first.index() == 1) co_return Reply{};
  auto answer = std::get<0>(std::move(first));
  if (!answer) co_return Reply{timed_out(target), kResponseTimeout};
  co_return Reply{answered(*std::move(answer), *route), kOk};
}

BrokerRequests::Reply BrokerRequests::reply_of(const CompiledRoute& route,
                                               MessageTarget::Result result) {
  const auto target = route.endpoint->target;
  switch (result.outcome) {
    case Outcome::kTaken: return {HttpResponse::text(202, "Accepted."), kOk};
    case Outcome::kAnswered: return {answered(std::move(result.answer), route), kOk};
    case Outcome::kTimeout: return {timed_out(target), kResponseTimeout};
    case Outcome::kUnavailable:
    case Outcome::kRefused: break;
  }
  RIG_LOG(kWarn, "a broker does not take a request", {"api", route.api->id},
          {"endpoint", route.endpoint->id}, {"target", name_of(target)},
          {"topic", route.endpoint->topic}, {"reason", result.reason});
  if (result.outcome == Outcome::kRefused)
    return {HttpResponse::error(502, "The broker does not take this request."), kUnreachable};
  auto response = HttpResponse::error(503, "The broker cannot be reached.");
  response.headers.add("retry-after", "1");
  return {std::move(response), kUnreachable};
}

}  // namespace rig::proxy
