#pragma once

#include "io/client_identity.hpp"
#include "io/transport_shard.hpp"
#include "logic/connection_token.hpp"
#include "logic/notices.hpp"
#include "logic/stream_request.hpp"

#include <rig/core/timer_wheel.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

/// One long-lived connection, event stream or WebSocket. Between events it holds its socket, a few
/// hundred bytes and one wait for what the peer says: no coroutine, no buffer, no timer of its own.
/// Owned by its shard, which it leaves by itself.
class StreamConnection : public subscriptions::Subscriber,
                         public TransportShard::Hook,
                         public NamedConnection,
                         public ClientIdentity::Holder,
                         protected StreamWriter {
 public:
  ~StreamConnection() override;

  /// Sends `head` and the welcome, and subscribes.
  void open(std::string head, StreamRequest request);
  /// Says goodbye and ends after what is queued, and after its replay.
  void finish();
  /// Ends it now.
  void close();
  [[nodiscard]] bool is_ending() const noexcept { return is_ending_; }
  /// Has been told to finish, or ends by itself.
  [[nodiscard]] bool is_leaving() const noexcept { return is_leaving_ || is_ending_; }

  void replace_subscriptions(subscriptions::SubscriptionList list) override;
  [[nodiscard]] std::string subscriptions_json() const override;
  [[nodiscard]] bool join_sessions(const access::Identity& identity) override;
  [[nodiscard]] bool identify(access::IdentityRef identity) override;
  [[nodiscard]] const access::Identity* identity() const noexcept override {
    return identity_ ? identity_->get() : nullptr;
  }

  void deliver(const cloudevents::EventRef& event) noexcept override;
  void subscriptions_effective() noexcept override;
  void gap(const subscriptions::Gap& gap) noexcept override;
  void page_replayed(bool is_last) noexcept override;
  [[nodiscard]] std::size_t page_bytes_max() const noexcept override;

 protected:
  StreamConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket, bool chunked);

  /// How an event looks on this connection.
  virtual WireForm wire_form() const noexcept = 0;
  /// The same for an event of the gateway; `cursor` is empty, or the text of one.
  virtual ChunkRef notice_chunk(const cloudevents::Event& event, std::string_view cursor) const = 0;
  virtual ChunkRef heartbeat_chunk() noexcept = 0;
  virtual ChunkRef goodbye_chunk() = 0;
  /// The last one to a client that may not stay.
  virtual ChunkRef ending_chunk(EndOfIdentity end) = 0;
  /// The first event of all.
  virtual ChunkRef welcome_chunk(const cloudevents::Event& event) = 0;
  /// What the peer said.
  virtual void received(std::string_view bytes) = 0;
  /// It said nothing for two heartbeats, if that means anything.
  virtual bool is_silent() noexcept = 0;

  void send(ChunkRef chunk) { shard_.writes().append(*this, std::move(chunk)); }
  void send_notice(std::string_view type, std::string_view data, std::string_view cursor = {});
  /// Instead of `open`.
  void open_and_end(std::string head, ChunkRef last);
  /// Sends `last` and nothing behind it.
  void end_with(ChunkRef last);
  [[nodiscard]] TransportShard& shard() const noexcept { return shard_; }

 private:
  struct Heartbeat : TimerWheel::Timer {
    explicit Heartbeat(StreamConnection& of);
    StreamConnection& connection;
  };

  ClientIdentity& own_identity();  ///< made when it is asked for
  void tell(std::string_view type, std::string_view data) override { send_notice(type, data); }
  void end_by(EndOfIdentity end) noexcept override;

  void await_writable() noexcept override;
  void write_ended(End end) noexcept override;
  void drained() noexcept override;
  ChunkRef gap_before(const cloudevents::Event& first) noexcept override;
  void end_replay() noexcept;
  void leave() noexcept;
  void await_peer();
  void on_readable(bool failed);
  void on_writable(bool failed);
  void wait_is_over();
  void beat() noexcept;

  TransportShard& shard_;
  TransportShard::Slot slot_;
  Socket socket_;
  Heartbeat heartbeat_{*this};
  SubscriptionsState asked_;
  std::unique_ptr<ClientIdentity> identity_;  // null: it has shown no token
  std::unique_ptr<std::vector<subscriptions::SubscriptionList>> next_;  // asked for in a replay
  std::uint8_t waits_ = 0;  // handlers of the socket that are still to come
  bool is_chunked_;
  bool is_resuming_ = false;  // no cursor of now until the replay is over
  bool is_leaving_ = false;
  bool is_ending_ = false;
  bool is_closed_ = false;
};

}  // namespace rig::transport
