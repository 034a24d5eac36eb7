#pragma once

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
                   metrics::Registry& registry);

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  transport::Door door_;
  Ref<subscriptions::EventSink> sink_;
  metrics::ConsumedEvents consumed_;
};

}  // namespace rig::api
