#include "io/subscriptions_endpoint.hpp"

#include "io/opening.hpp"
#include "io/subscriptions_calls.hpp"
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

HttpResponse done() {
  HttpResponse response;
  response.status = 204;
  return response;
}

/// On the shard of the connection. Without a token the request has what the connection's allow.
Task<HttpResponse> replace(Ref<Sharded<TransportShard>> parts, ConnectionToken token, Wanted wanted,
                           access::IdentityRef identity) {
  TransportShard& shard = parts->local();
  NamedConnection* connection = shard.names().find(token);
  if (connection == nullptr) co_return no_such_connection();
  // Before anything can be wrong with what it asks for (`events.md` 12).
  if (identity && !connection->join_sessions(*identity)) co_return session_ended(shard);
  if (!wanted) co_return std::move(wanted).error().response;
  auto permitted =
      identity
          ? shard.subscriptions().permitted(*std::move(wanted), claims_of(identity.get()))
          : shard.subscriptions().narrowed(*std::move(wanted), claims_of(connection->identity()));
  if (!permitted) co_return invalid_subscriptions(permitted.error());
  // Both or none: a token that only lasts longer must not keep what an earlier one allowed.
  if (identity && !connection->identify(identity)) co_return session_ended(shard);
  connection->replace_subscriptions(*std::move(permitted));
  co_return done();
}

/// Who asks, and whether it may; a request that says nothing of itself is as good as its
/// connection.
Task<access::Access::Answer> ask(Ref<access::Access> access, Ref<const HttpRequest> request) {
  auto credentials = credentials_that_count(*access, *request, true);
  if (credentials.empty() && access->subscription_check() == access::Access::Check::kOpen)
    co_return nullptr;
  access::Question question{std::string(request->headers.find("content-type").value_or("")),
                            request->body};
  co_return co_await access->may_subscribe(std::move(credentials), std::move(question));
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
  const auto token = token_in_path(request, context_.node);
  const bool is_elsewhere =
      token && token->node != peers::kNoNode && token->node != context_.node.id();
  if (is_elsewhere) return handle_elsewhere(Ref(*this), token->node, std::move(request));
  return handle_here(std::move(request));
}

/// With a connection that is gone a request may still be wrong in other ways, which come first.
Task<HttpResponse> SubscriptionsEndpoint::handle_elsewhere(Ref<SubscriptionsEndpoint> self,
                                                           peers::NodeId node,
                                                           HttpRequest request) {
  auto response = co_await call_about_subscriptions(self->context_.calls, node,
                                                    Ref<const HttpRequest>(request));
  if (response) co_return *std::move(response);
  co_return co_await self->handle_here(std::move(request));
}

Task<HttpResponse> SubscriptionsEndpoint::handle_here(HttpRequest request) {
  return request.method == "PUT" ? put(Ref(*this), std::move(request))
                                 : get(Ref(*this), std::move(request));
}

Task<HttpResponse> SubscriptionsEndpoint::put(Ref<SubscriptionsEndpoint> self,
                                              HttpRequest request) {
  auto wanted = parse_subscriptions_request(request, self->context_.subscriptions);
  if (!wanted && !wanted.error().comes_after_token) co_return wanted.error().response;
  auto who = co_await ask(self->context_.access, std::as_const(request));
  if (!who) co_return put_denied(self->context_.config, who.error());
  const auto token = token_in_path(request, self->context_.node);
  if (!token) co_return invalid_token();
  if (token->node != self->context_.node.id() || token->shard >= self->shards_->count())
    co_return no_such_connection();
  auto replacing = replace(self->parts_, *token, std::move(wanted), *std::move(who));
  co_return co_await on_shard(self->shards_, token->shard, std::move(replacing));
}

Task<HttpResponse> SubscriptionsEndpoint::get(Ref<SubscriptionsEndpoint> self,
                                              HttpRequest request) {
  const auto token = token_in_path(request, self->context_.node);
  if (!token) co_return invalid_token();
  if (token->node != self->context_.node.id() || token->shard >= self->shards_->count())
    co_return no_such_connection();
  const auto list =
      co_await on_shard(self->shards_, token->shard, subscriptions_of(self->parts_, *token));
  if (!list) co_return no_such_connection();
  co_return HttpResponse::json(200, R"({"subscriptions":)" + *list + "}");
}

}  // namespace rig::transport
