#include "io/ws_connection.hpp"

#include "io/opening.hpp"
#include "logic/notices.hpp"
#include "logic/ws_encoder.hpp"
#include "logic/ws_frame.hpp"
#include "logic/ws_request.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <string>
#include <utility>

namespace rig::transport {
namespace {

constexpr std::uint8_t kSilentBeatsMax = 2;
constexpr std::string_view kOneWay =
    "This WebSocket endpoint cannot be used for two-way communication.";

WireForm form_of(bool deflate, bool with_cursors) noexcept {
  if (deflate) return with_cursors ? WireForm::kWsDeflatedWithCursor : WireForm::kWsDeflated;
  return with_cursors ? WireForm::kWsWithCursor : WireForm::kWs;
}

ChunkRef close_chunk(WsCloseCode code, std::string_view reason = {}) {
  return ChunkRef(new Chunk(ws_close(code, reason)));
}

}  // namespace

WsConnection::WsConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket,
                           bool deflate, bool with_cursors)
    : StreamConnection(shard, std::move(slot), std::move(socket), false),
      reader_(shard.config().ws_message_bytes_max, deflate),
      form_(form_of(deflate, with_cursors)) {
  shard.metrics().ws_connections.add();
}

WsConnection::~WsConnection() { shard().metrics().ws_connections.sub(); }

void WsConnection::refuse(std::string head, std::string_view reason) {
  // Its words for all but a list that is no JSON.
  const bool is_told = reason.starts_with("Failed to decode");
  open_and_end(std::move(head),
               close_chunk(WsCloseCode::kNormal, is_told ? reason : "Bad request."));
}

bool WsConnection::has_cursors() const noexcept {
  return form_ == WireForm::kWsWithCursor || form_ == WireForm::kWsDeflatedWithCursor;
}

ChunkRef WsConnection::notice_chunk(const cloudevents::Event& event,
                                    std::string_view cursor) const {
  return encode_ws_notice(event, has_cursors() ? cursor : std::string_view());
}

ChunkRef WsConnection::heartbeat_chunk() noexcept { return shard().heartbeat(WireForm::kWs); }

ChunkRef WsConnection::goodbye_chunk() {
  return silent_beats_ < kSilentBeatsMax
             ? close_chunk(WsCloseCode::kGoingAway, "This node is stopping.")
             : close_chunk(WsCloseCode::kGoingAway, "no answer to pings");
}

ChunkRef WsConnection::ending_chunk(EndOfIdentity end) {
  return end == EndOfIdentity::kSessionKilled
             ? close_chunk(WsCloseCode::kNormal, "Session killed.")
             : close_chunk(WsCloseCode::kPolicyViolation, "Token expired.");
}

ChunkRef WsConnection::welcome_chunk(const cloudevents::Event& event) {
  return notice_chunk(event, {});
}

bool WsConnection::is_silent() noexcept { return silent_beats_++ >= kSilentBeatsMax; }

void WsConnection::received(std::string_view bytes) {
  silent_beats_ = 0;
  while (!is_ending()) {
    const auto item = reader_.feed(bytes);
    if (!item) return;
    take(*item);
  }
}

void WsConnection::take(const WsItem& item) {
  switch (item.kind) {
    case WsItem::Kind::kText: return take_text(item.payload);
    case WsItem::Kind::kBinary: return end_with(close_chunk(WsCloseCode::kNormal, kOneWay));
    case WsItem::Kind::kPing: return send(ChunkRef(new Chunk(ws_pong(item.payload))));
    case WsItem::Kind::kPong: return;
    case WsItem::Kind::kClose: return end_with(close_chunk(item.code));
    case WsItem::Kind::kFailure: return end_with(close_chunk(item.code, item.payload));
  }
}

/// A client may set its subscriptions and show a fresh token; it has nothing else to say here.
void WsConnection::take_text(std::string_view text) {
  using Reason = subscriptions::RequestError::Reason;
  using Check = access::Access::Check;
  auto list = shard().subscriptions().parse_request(text);
  const auto fresh = token_in_message(text);
  if (!list && list.error().reason == Reason::kNoSubscriptions && fresh)
    list =
        shard().subscriptions().parse_request(R"({"subscriptions":)" + subscriptions_json() + "}");
  if (!list && list.error().reason != Reason::kInvalid)
    return end_with(close_chunk(WsCloseCode::kNormal, kOneWay));
  if (!list) return say_error(list.error().message);

  if (is_asking_) return say_error("The request before this one is still being decided.");
  const auto check = shard().context().access.subscription_check();
  if (!fresh && check == Check::kToken && identity() == nullptr) {
    note_token_missing(shard());
    return say_error("A token is needed: the member jwt.");
  }
  if (!fresh && check != Check::kService) return set_subscriptions(*std::move(list), nullptr);
  is_asking_ = true;
  shard().spawn(ask_and_set(shard(), token(), {{}, fresh.value_or("")}, *std::move(list)));
}

Task<> WsConnection::ask_and_set(Ref<TransportShard> shard, ConnectionToken connection,
                                 access::Credentials credentials,
                                 subscriptions::SubscriptionList list) {
  access::Question question{"application/json; charset=utf-8",
                            R"({"subscriptions":)" + subscriptions_as_json(list) + "}"};
  access::Access::Answer answer = nullptr;
  std::string failure;
  try {
    answer =
        co_await shard->context().access.may_subscribe(std::move(credentials), std::move(question));
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) co_return;  // the shard stops
    failure = error.what();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    note_unexpected_error("subscriptions in-band", failure);
    answer = access::Denial{503, "undecided", "The request could not be decided.", {}, {}};
  }
  // It may have left meanwhile. Nothing but a WebSocket has this token.
  if (NamedConnection* still_there = shard->names().find(connection))
    static_cast<WsConnection*>(still_there)->answered(std::move(answer), std::move(list));
}

void WsConnection::answered(access::Access::Answer answer, subscriptions::SubscriptionList list) {
  is_asking_ = false;
  if (is_ending()) return;
  if (!answer) return say_error(answer.error().message);
  set_subscriptions(std::move(list), *std::move(answer));
}

void WsConnection::set_subscriptions(subscriptions::SubscriptionList list,
                                     access::IdentityRef identity) {
  const auto* who = identity ? identity.get() : this->identity();
  auto permitted = shard().subscriptions().permitted(std::move(list), claims_of(who));
  if (!permitted) return say_error(permitted.error());
  // Both or none, as for a PUT.
  if (identity && !identify(std::move(identity))) {
    note_session_ended(shard());
    return say_error("The session of the token was ended.");
  }
  replace_subscriptions(*std::move(permitted));
}

void WsConnection::say_error(std::string_view message) {
  send_notice("rig.error", error_data(message));
}

}  // namespace rig::transport
