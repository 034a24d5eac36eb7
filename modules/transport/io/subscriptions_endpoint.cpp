#include "io/subscriptions_endpoint.hpp"

#include "logic/subscriptions_request.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace rig::transport {
namespace {

constexpr std::string_view kCorsHeaders = "content-type,authorization";
constexpr std::array kRoutes{
    Route{Door::kInbound, "PUT", "/_rig/v1/connection/sse/{token}/subscriptions", kCorsHeaders},
    Route{Door::kInbound, "PUT", "/_rig/v1/connection/ws/{token}/subscriptions", kCorsHeaders},
    Route{Door::kInbound, "PUT", "/_rig/v1/connection/longpolling/{token}/subscriptions",
          kCorsHeaders},
    Route{Door::kInbound, "GET", "/_rig/v1/connection/sse/{token}/subscriptions", kCorsHeaders},
    Route{Door::kInbound, "GET", "/_rig/v1/connection/ws/{token}/subscriptions", kCorsHeaders},
    Route{Door::kInbound, "GET", "/_rig/v1/connection/longpolling/{token}/subscriptions",
          kCorsHeaders}};

using Wanted = boost::system::result<subscriptions::SubscriptionList, SubscriptionsRefusal>;

/// On the shard of the connection; false if there is none.
Task<bool> replace(Ref<Sharded<TransportShard>> parts, ConnectionToken token, Wanted wanted) {
  NamedConnection* connection = parts->local().names().find(token);
  if (connection == nullptr) co_return false;
  if (wanted) connection->replace_subscriptions(*std::move(wanted));
  co_return true;
}

Task<std::optional<std::string>> subscriptions_of(Ref<Sharded<TransportShard>> parts,
                                                  ConnectionToken token) {
  const NamedConnection* connection = parts->local().names().find(token);
  if (connection == nullptr) co_return std::nullopt;
  co_return connection->subscriptions_json();
}

}  // namespace

std::span<const Route> SubscriptionsEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> SubscriptionsEndpoint::handle(HttpRequest request) {
  return request.method == "PUT" ? put(Ref(*this), std::move(request))
                                 : get(Ref(*this), std::move(request));
}

Task<HttpResponse> SubscriptionsEndpoint::put(Ref<SubscriptionsEndpoint> self,
                                              HttpRequest request) {
  auto wanted = parse_subscriptions_request(request, self->context_.subscriptions);
  if (!wanted && !wanted.error().comes_after_token) co_return wanted.error().response;
  const auto token = token_in_path(request);
  if (!token) co_return invalid_token();
  if (token->node != self->context_.node || token->shard >= self->shards_->count())
    co_return no_such_connection();
  const auto refusal = wanted ? std::nullopt : std::optional(wanted.error().response);
  auto replacing = replace(self->parts_, *token, std::move(wanted));
  const bool is_there = co_await on_shard(self->shards_, token->shard, std::move(replacing));
  if (!is_there) co_return no_such_connection();
  if (refusal) co_return *refusal;
  HttpResponse done;
  done.status = 204;
  co_return done;
}

Task<HttpResponse> SubscriptionsEndpoint::get(Ref<SubscriptionsEndpoint> self,
                                              HttpRequest request) {
  const auto token = token_in_path(request);
  if (!token) co_return invalid_token();
  if (token->node != self->context_.node || token->shard >= self->shards_->count())
    co_return no_such_connection();
  const auto list =
      co_await on_shard(self->shards_, token->shard, subscriptions_of(self->parts_, *token));
  if (!list) co_return no_such_connection();
  co_return HttpResponse::json(200, R"({"subscriptions":)" + *list + "}");
}

}  // namespace rig::transport
