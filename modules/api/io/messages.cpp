#include "io/messages.hpp"

#include "logic/message_response.hpp"

#include <rig/transport/credentials.hpp>

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
std::size_t publish_all(subscriptions::EventSink& sink,
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
                                   Ref<access::Access> access, metrics::Registry& registry)
    : door_(door),
      sink_(sink),
      access_(access),
      consumed_(registry, "http", door == Door::kApi ? "messages" : "events") {}

std::span<const Route> MessagesEndpoint::routes() const {
  if (door_ == Door::kApi) return kMessagesRoutes;
  return kEventsRoutes;
}

Task<transport::HttpResponse> MessagesEndpoint::handle(transport::HttpRequest request) {
  const bool is_open =
      door_ == Door::kApi || access_->submission_check() == access::Access::Check::kOpen;
  return is_open ? publish(Ref(*this), std::move(request))
                 : ask_and_publish(Ref(*this), std::move(request));
}

Task<transport::HttpResponse> MessagesEndpoint::ask_and_publish(Ref<MessagesEndpoint> self,
                                                                transport::HttpRequest request) {
  access::Question question;
  if (self->access_->submission_check() == access::Access::Check::kService)
    question = {std::string(request.headers.find("content-type").value_or("")), request.body};
  const auto answer =
      co_await self->access_->may_submit(transport::credentials_of(request), std::move(question));
  if (!answer) co_return transport::denial_response(answer.error());
  co_return co_await publish(self, std::move(request));
}

Task<transport::HttpResponse> MessagesEndpoint::publish(Ref<MessagesEndpoint> self,
                                                        transport::HttpRequest request) {
  const auto received = std::chrono::steady_clock::now();
  auto& consumed = self->consumed_;
  auto delivery = decode(std::move(request), self->sink_->field_plans());
  if (!delivery) {
    consumed.failed();
    co_return refused(std::move(delivery).error());
  }
  const std::size_t events = delivery->events.size();
  const std::size_t published = publish_all(*self->sink_, delivery->events);
  if (published > 0) {
    co_await self->sink_->handed_over();
    consumed.accepted(std::chrono::steady_clock::now() - received, published);
  }
  if (published < events) {
    consumed.failed(events - published);
    co_return overloaded(published, events);
  }
  co_return accepted(*delivery);
}

}  // namespace rig::api
