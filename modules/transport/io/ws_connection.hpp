#pragma once

#include "io/stream_connection.hpp"
#include "logic/ws_reader.hpp"

#include <rig/access/access.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>

namespace rig::transport {

/// One WebSocket after its handshake (`events.md` 4).
class WsConnection final : public StreamConnection {
 public:
  WsConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket, bool deflate,
               bool with_cursors);
  ~WsConnection() override;

  [[nodiscard]] std::string_view transport_name() const noexcept override { return "ws"; }

  /// As the first RIG did: sends `head` and closes, with the reason why it is refused.
  void refuse(std::string head, std::string_view reason);

  /// Bytes that came with the request.
  void received(std::string_view bytes) override;

 private:
  WireForm wire_form() const noexcept override { return form_; }
  ChunkRef notice_chunk(const cloudevents::Event& event, std::string_view cursor) const override;
  ChunkRef heartbeat_chunk() noexcept override;
  ChunkRef goodbye_chunk() override;
  ChunkRef ending_chunk(EndOfIdentity end) override;
  ChunkRef welcome_chunk(const cloudevents::Event& event) override;
  bool is_silent() noexcept override;

  void take(const WsItem& item);
  void take_text(std::string_view text);
  /// Those that `identity` allows, or, if that is null, who the client is already.
  void set_subscriptions(subscriptions::SubscriptionList list, access::IdentityRef identity);
  void say_error(std::string_view message);
  /// Asks whether it may have `list`, and sets it then.
  static Task<> ask_and_set(Ref<TransportShard> shard, ConnectionToken connection,
                            access::Credentials credentials, subscriptions::SubscriptionList list);
  void answered(access::Access::Answer answer, subscriptions::SubscriptionList list);
  [[nodiscard]] bool has_cursors() const noexcept;

  WsReader reader_;
  WireForm form_;
  std::uint8_t silent_beats_ = 0;
  bool is_asking_ = false;
};

}  // namespace rig::transport
