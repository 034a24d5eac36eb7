#include "io/ws_connection.hpp"

#include "logic/notices.hpp"
#include "logic/ws_encoder.hpp"
#include "logic/ws_frame.hpp"

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

/// A client may set its subscriptions; it has nothing else to say here.
void WsConnection::take_text(std::string_view text) {
  using Reason = subscriptions::RequestError::Reason;
  auto list = shard().subscriptions().parse_request(text);
  if (list) return replace_subscriptions(std::move(*list));
  if (list.error().reason != Reason::kInvalid)
    return end_with(close_chunk(WsCloseCode::kNormal, kOneWay));
  send_notice("rig.error", error_data(list.error().message));
}

}  // namespace rig::transport
