#pragma once

#include "io/stream_connection.hpp"

namespace rig::transport {

/// One event stream (`events.md` 3).
class SseConnection final : public StreamConnection {
 public:
  SseConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket, int http_version);
  ~SseConnection() override;

  [[nodiscard]] std::string_view transport_name() const noexcept override { return "sse"; }

 private:
  WireForm wire_form() const noexcept override { return WireForm::kSse; }
  ChunkRef notice_chunk(const cloudevents::Event& event, std::string_view cursor) const override;
  ChunkRef heartbeat_chunk() noexcept override;
  ChunkRef goodbye_chunk() override;
  ChunkRef ending_chunk(EndOfIdentity end) override;
  ChunkRef welcome_chunk(const cloudevents::Event& event) override;
  // A client has nothing to say on its stream; what it sends is dropped.
  void received(std::string_view /*bytes*/) override {}
  bool is_silent() noexcept override { return false; }
};

}  // namespace rig::transport
