#include "io/http_target.hpp"

#include "io/forwarding.hpp"

#include <rig/core/assert.hpp>

#include <utility>

namespace rig::proxy {

using transport::HttpResponse;

Task<std::string_view> RequestBody::read(Ref<RequestBody> self) {
  self->is_at_start_ = false;
  auto piece = co_await self->exchange_.read();
  if (!piece) {
    self->failure_ = piece.error();
    co_return std::string_view();
  }
  self->size_ += piece->size();
  self->is_complete_ = piece->empty() || self->size_ == self->exchange_.body_length();
  co_return *piece;
}

Task<> RequestBody::read_first(Ref<RequestBody> self) {
  if (self->is_complete_ || !self->is_at_start_ || !self->first_.empty()) co_return;
  if (!self->exchange_.body_length()) co_return;
  self->first_ = co_await read(self);
  self->is_at_start_ = true;
}

namespace {

HttpResponse unavailable(std::string_view message, std::chrono::seconds retry_after) {
  auto response = HttpResponse::error(503, message);
  response.headers.add("retry-after", std::to_string(retry_after.count()));
  return response;
}

}  // namespace

HttpResponse failure_response(const Forwarded& forwarded) {
  using enum Forwarded::Outcome;
  switch (forwarded.outcome) {
    case kUnreachable:
    case kRequestTimeout: return HttpResponse::text(502, "Bad gateway.");
    case kBusy: return unavailable("The backend has too many requests.", forwarded.retry_after);
    case kNoTarget: return unavailable("No backend is available.", forwarded.retry_after);
    case kOverLimit: return unavailable("Too many requests are under way.", forwarded.retry_after);
    case kBadRequest: return HttpResponse::error(400, "The body of the request is not valid.");
    case kRequestTooSlow: return HttpResponse::error(408, "The request did not come in time.");
    case kRelayed:
    case kDiscarded:
    case kClientLeft:
    case kCut: break;
  }
  RIG_ASSERT(false);  // they have their answer, or want none
  return {};
}

Task<Forwarded> HttpTarget::forward(Ref<HttpTarget> self, Ref<transport::Exchange> exchange,
                                    Ref<RequestBody> body, Ref<const OutgoingRequest> request,
                                    Ref<AnswerRules> rules) {
  Forwarding forwarding(self->pool_, self->config_, *exchange, *body, *request, *rules);
  co_await Forwarding::run(forwarding);
  co_return forwarding.take_result();
}

}  // namespace rig::proxy
