#include "io/sse_connection.hpp"

#include "logic/sse_encoder.hpp"

#include <rig/cloudevents/codec.hpp>

#include <utility>

namespace rig::transport {

SseConnection::SseConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket,
                             int http_version)
    : StreamConnection(shard, std::move(slot), std::move(socket), http_version >= 11) {
  shard.metrics().sse_connections.add();
}

SseConnection::~SseConnection() { shard().metrics().sse_connections.sub(); }

ChunkRef SseConnection::notice_chunk(const cloudevents::Event& event,
                                     std::string_view cursor) const {
  return encode_sse_notice(event, cursor);
}

ChunkRef SseConnection::heartbeat_chunk() noexcept { return shard().heartbeat(WireForm::kSse); }

ChunkRef SseConnection::welcome_chunk(const cloudevents::Event& event) {
  return encode_sse_welcome(event, shard().retry());
}

ChunkRef SseConnection::ending_chunk(EndOfIdentity end) {
  return encode_sse_last(*cloudevents::make_gateway_event(event_type_of(end), {}));
}

ChunkRef SseConnection::goodbye_chunk() { return encode_sse_goodbye(shard().retry()); }

}  // namespace rig::transport
