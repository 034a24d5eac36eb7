#include "io/responses.hpp"

#include "logic/answer_request.hpp"

#include <array>
#include <string>
#include <utility>

namespace rig::api {
namespace {

using transport::Door;
using transport::HttpResponse;
using transport::Route;

constexpr std::array kRoutes{
    Route{.door = Door::kApi, .method = "POST", .path = "/v3/responses"},
    Route{.door = Door::kApi, .method = "POST", .path = "/v2/responses"},
};
constexpr int kAccepted = 202;
constexpr int kBadRequest = 400;
constexpr int kGone = 410;
constexpr int kUnavailable = 503;

}  // namespace

std::span<const Route> ResponsesEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> ResponsesEndpoint::handle(transport::HttpRequest request) {
  return deliver(Ref(*this), std::move(request));
}

Task<HttpResponse> ResponsesEndpoint::deliver(Ref<ResponsesEndpoint> self,
                                              transport::HttpRequest request) {
  const bool is_event = request.path().starts_with("/v2/");
  auto parsed =
      is_event ? parse_answer_event(std::move(request)) : parse_answer(std::move(request));
  if (!parsed) co_return HttpResponse::text(kBadRequest, parsed.error());
  const auto outcome =
      co_await self->answers_->deliver(std::move(parsed->correlation), std::move(parsed->answer));
  switch (outcome) {
    case answers::Inbox::Outcome::kDelivered:
      co_return HttpResponse::text(kAccepted, "message sent to correlated reverse proxy request");
    case answers::Inbox::Outcome::kNobody:
      co_return HttpResponse::error(
          kGone, "Nobody waits for this answer: it is late, or it has come already.");
    case answers::Inbox::Outcome::kUnreachable:
      co_return HttpResponse::error(
          kUnavailable, "The node that has the client of this answer cannot be reached now.");
    case answers::Inbox::Outcome::kInvalid: break;
  }
  co_return HttpResponse::text(kBadRequest,
                               "Failed to parse request body: {:error, :invalid_term}");
}

}  // namespace rig::api
