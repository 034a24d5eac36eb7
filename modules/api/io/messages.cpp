#include "io/messages.hpp"

#include "logic/message_response.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace rig::api {
namespace {

using transport::Door;
using transport::Route;

constexpr std::array kMessagesRoutes{
    Route{.door = Door::kApi, .method = "POST", .path = "/v3/messages"},
    Route{.door = Door::kApi, .method = "POST", .path = "/v2/messages"},
};
constexpr std::array kEventsRoutes{
    Route{.door = Door::kInbound,
          .method = "POST",
          .path = "/_rig/v1/events",
          .cors_headers = "content-type,authorization"},
};

/// How many of the events are on their way, in their order: all, or those before the gateway had
/// too much to do.
std::size_t publish(subscriptions::EventSink& sink,
                    const std::vector<cloudevents::EventRef>& events) {
  std::size_t published = 0;
  for (const auto& event : events) {
    if (sink.publish(event) == subscriptions::EventSink::Outcome::kOverloaded) break;
    ++published;
  }
  return published;
}

}  // namespace

MessagesEndpoint::MessagesEndpoint(Door door, Ref<subscriptions::EventSink> sink,
                                   metrics::Registry& registry)
    : door_(door),
      sink_(sink),
      consumed_(registry, "http", door == Door::kApi ? "messages" : "events") {}

std::span<const Route> MessagesEndpoint::routes() const {
  if (door_ == Door::kApi) return kMessagesRoutes;
  return kEventsRoutes;
}

Task<transport::HttpResponse> MessagesEndpoint::handle(transport::HttpRequest request) {
  const auto received = std::chrono::steady_clock::now();
  auto delivery = decode(std::move(request), sink_->field_plans());
  if (!delivery) {
    consumed_.failed();
    co_return refused(std::move(delivery).error());
  }
  const std::size_t events = delivery->events.size();
  const std::size_t published = publish(*sink_, delivery->events);
  if (published > 0) {
    co_await sink_->handed_over();
    consumed_.accepted(std::chrono::steady_clock::now() - received, published);
  }
  if (published < events) {
    consumed_.failed(events - published);
    co_return overloaded(published, events);
  }
  co_return accepted(*delivery);
}

}  // namespace rig::api
