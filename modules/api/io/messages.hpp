#pragma once

#include <rig/access/access.hpp>
#include <rig/core/ref.hpp>
#include <rig/metrics/consumed_events.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::api {

/// Publishes events that come by HTTP. One object per door: the management API's `messages` and the
/// clients' `events` have different paths and are counted apart, and that is all.
class MessagesEndpoint final : public transport::HttpEndpoint {
 public:
  MessagesEndpoint(transport::Door door, Ref<subscriptions::EventSink> sink,
                   Ref<access::Access> access, metrics::Registry& registry);

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  static Task<transport::HttpResponse> publish(Ref<MessagesEndpoint> self,
                                               transport::HttpRequest request);
  static Task<transport::HttpResponse> ask_and_publish(Ref<MessagesEndpoint> self,
                                                       transport::HttpRequest request);

  transport::Door door_;
  Ref<subscriptions::EventSink> sink_;
  Ref<access::Access> access_;
  metrics::ConsumedEvents consumed_;
};

}  // namespace rig::api
