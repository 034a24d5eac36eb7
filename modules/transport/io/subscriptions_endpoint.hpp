#pragma once

#include "io/transport_shard.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::transport {

/// `PUT` and `GET /_rig/v1/connection/{sse,ws,longpolling}/{token}/subscriptions` (`events.md` 7):
/// what a connection is subscribed to, on whichever shard it is.
class SubscriptionsEndpoint final : public HttpEndpoint {
 public:
  SubscriptionsEndpoint(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                        const TransportContext& context)
      : shards_(shards), parts_(parts), context_(context) {}

  [[nodiscard]] std::span<const Route> routes() const override;
  Task<HttpResponse> handle(HttpRequest request) override;
  /// About a connection of this node only: the request has come from another one.
  Task<HttpResponse> handle_here(HttpRequest request);

 private:
  static Task<HttpResponse> handle_elsewhere(Ref<SubscriptionsEndpoint> self, peers::NodeId node,
                                             HttpRequest request);
  static Task<HttpResponse> put(Ref<SubscriptionsEndpoint> self, HttpRequest request);
  static Task<HttpResponse> get(Ref<SubscriptionsEndpoint> self, HttpRequest request);

  Ref<Shards> shards_;
  Ref<Sharded<TransportShard>> parts_;
  const TransportContext& context_;
};

}  // namespace rig::transport
