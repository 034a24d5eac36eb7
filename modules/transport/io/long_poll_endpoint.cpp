#include "io/long_poll_endpoint.hpp"

#include "io/long_poll_session.hpp"
#include "io/opening.hpp"
#include "io/poll_calls.hpp"
#include "logic/call_messages.hpp"
#include "logic/connection_token.hpp"
#include "logic/long_poll_request.hpp"

#include <rig/subscriptions/cursor.hpp>

#include <array>
#include <memory>
#include <utility>

namespace rig::transport {
namespace {

constexpr std::array kRoutes{Route{.door = Door::kInbound,
                                   .method = "GET",
                                   .path = "/_rig/v1/connection/longpolling",
                                   .cors_headers = "authorization,content-type,last-event-id",
                                   .cors_credentials = true}};

/// What a client is told whose session is over and who starts from nothing.
subscriptions::Gap gap_after(const std::optional<ConnectionToken>& token, peers::NodeId node,
                             const std::string& last_event_id) {
  using Reason = subscriptions::Gap::Reason;
  const auto cursor = subscriptions::Cursor::parse(PollPlace::parse(last_event_id).cursor);
  const auto since = cursor ? cursor->seconds : 0;
  if (!token) return {Reason::kUnknown, since};
  return {token->node == node ? Reason::kExpired : Reason::kRestarted, since};
}

}  // namespace

std::span<const Route> LongPollEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> LongPollEndpoint::handle(HttpRequest request) {
  return answer(Ref(*this), std::move(request));
}

Task<HttpResponse> LongPollEndpoint::answer(Ref<LongPollEndpoint> self, HttpRequest request) {
  if (request.method == "HEAD") co_return HttpResponse::json(200, R"("ok")");  // makes nothing
  const auto cookies = LongPollCookies::of(request);
  const auto token = parse_sealed(cookies.connection_token.value_or(""), self->context_.node);
  if (token && token->node != peers::kNoNode) {
    auto page = co_await poll(self, *token, cookies.last_event_id);
    if (!page) co_return call_failed(page.error());
    if (*page) co_return session_has(sealed_text(*token, self->context_.node), **page);
  }
  auto parsed = parse_long_poll_request(request, cookies, self->context_.subscriptions);
  if (!parsed) co_return HttpResponse::text(400, parsed.error());
  auto placed = co_await Admission::place_connection(self->parts_->local().admission(),
                                                     Address(request.client_address));
  if (placed.refusal) co_return *std::move(placed.refusal);
  auto wanted =
      co_await authorize_opening(self->context_, std::as_const(request), *std::move(parsed));
  if (!wanted) co_return std::move(wanted).error();
  co_return self->open(*std::move(wanted), cookies, std::move(placed.place));
}

/// At the node that has the session; nothing if there is none.
Task<LongPollEndpoint::Page> LongPollEndpoint::poll(Ref<LongPollEndpoint> self,
                                                    ConnectionToken token, std::string seen) {
  const TransportContext& context = self->context_;
  const auto deadline = Deadline::after(context.config.longpolling.wait);
  if (token.node != context.node.id())
    co_return co_await poll_elsewhere(context, token, std::move(seen), deadline);
  co_return co_await poll_here(self->shards_, self->parts_, token, std::move(seen), deadline);
}

HttpResponse LongPollEndpoint::open(StreamRequest wanted, const LongPollCookies& cookies,
                                    std::unique_ptr<AddressLimits::Place> place) {
  TransportShard& shard = parts_->local();
  if (shard.is_draining()) return HttpResponse::error(503, "This node is stopping.");
  if (shard.is_full()) {
    shard.metrics().refused_connections.add();
    return HttpResponse::error(
        503, "This node has all the connections it may have (RIG_CONNECTIONS_MAX).");
  }
  if (is_ended(shard.sessions(), wanted.identity.get())) return session_ended(shard);
  if (auto refusal = shard.admission().admit_connection()) return *std::move(refusal);
  const bool has_lost_session = cookies.connection_token && !wanted.cursor;
  TransportShard::Slot slot(shard);
  slot.hold(std::move(place));
  auto session = std::make_shared<LongPollSession>(shard, std::move(slot), wanted.wants_cursors);
  shard.add(session);
  const auto token = sealed_text(session->token(), context_.node);
  session->open(std::move(wanted));
  if (has_lost_session) {
    const auto old = parse_sealed(*cookies.connection_token, context_.node);
    session->note_gap(gap_after(old, context_.node.id(), cookies.last_event_id));
  }
  return session_made(token);
}

}  // namespace rig::transport
