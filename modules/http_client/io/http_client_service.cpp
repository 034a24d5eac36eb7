#include "io/http_client_service.hpp"

#include "io/tls_context.hpp"
#include "logic/request_check.hpp"
#include "logic/url.hpp"

#include <rig/core/error.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace rig::http_client {
namespace {

using Reason = Failure::Reason;

// In the order of Failure::Reason, after the response.
constexpr std::array<std::string_view, 8> kResultNames{
    "response", "url", "unreachable", "tls", "timeout", "protocol", "too_large", "busy"};
static_assert(static_cast<std::size_t>(Reason::kBusy) + 2 == kResultNames.size());

boost::asio::ssl::context tls_or_throw(const std::string& ca_file) {
  auto context = make_tls_context(ca_file);
  if (!context) throw StartupError("RIG_HTTP_CLIENT_CA_FILE " + context.error());
  return std::move(*context);
}

std::size_t index_of(const Result& result) {
  return result ? 0 : static_cast<std::size_t>(result.error().reason) + 1;
}

}  // namespace

HttpClientService::HttpClientService(HttpClientConfig config, Shards& shards,
                                     metrics::Registry& registry)
    : config_(std::move(config)),
      tls_(tls_or_throw(config_.ca_file)),
      shards_(shards),
      open_connections_(registry.gauge(
          {"rig_http_client_connections", "Open connections of the gateway's own requests"})),
      per_shard_(shards) {
  for (std::size_t i = 0; i < kResults; ++i) {
    results_[i] = &registry.counter(
        {"rig_http_client_requests_total", "Requests of the gateway itself, by what came of them"},
        {{"result", std::string(kResultNames[i])}});
  }
}

Task<> HttpClientService::start() {
  auto make = [this](ShardId shard) {
    return std::make_unique<ConnectionPool>(shards_.executor(shard), shards_, tls_, config_.limits,
                                            open_connections_);
  };
  co_await per_shard_.start(std::move(make));
}

Task<> HttpClientService::stop() {
  co_await per_shard_.for_each([](Ref<ConnectionPool> pool) { return ConnectionPool::stop(pool); });
  co_await per_shard_.stop();
}

Task<Result> HttpClientService::send(Request request, Options options) {
  auto result = co_await send_checked(std::move(request), options);
  results_[index_of(result)]->add();
  co_return result;
}

Task<Result> HttpClientService::send_checked(Request request, Options options) {
  auto url = parse_url(request.url);
  if (!url) co_return Failure{Reason::kUrl, "the URL cannot be used: " + url.error()};
  if (auto why = reason_not_to_send(request); !why.empty())
    co_return Failure{Reason::kUrl, url->server() + ": not sent: " + why};
  auto message = message_of(std::move(request), *url);
  const Ref<ConnectionPool> pool(per_shard_.local());
  co_return co_await ConnectionPool::send(pool, std::move(*url), std::move(message), options);
}

}  // namespace rig::http_client
