#pragma once

#include "io/transport_shard.hpp"

#include <rig/core/timer_wheel.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <memory>
#include <string>

namespace rig::transport {

/// One event stream (`events.md` 3). Between events it holds its socket, a few hundred bytes and
/// one wait for the peer's end: no coroutine, no buffer, no timer of its own. Owned by its shard,
/// which it leaves by itself.
class SseConnection final : public subscriptions::Subscriber,
                            public TransportShard::Hook,
                            private StreamWriter {
 public:
  SseConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket, int http_version);
  ~SseConnection();

  /// Sends `head` and the welcome, and subscribes.
  void open(std::string head, subscriptions::SubscriptionList list);
  /// Ends the stream after what is queued.
  void finish(const ChunkRef& last);
  /// Ends it now.
  void close();

  void deliver(const cloudevents::EventRef& event) noexcept override;
  void subscriptions_effective() noexcept override;

 private:
  struct Heartbeat : TimerWheel::Timer {
    explicit Heartbeat(SseConnection& of);
    SseConnection& connection;
  };

  void await_writable() noexcept override;
  void write_ended(End end) noexcept override;
  void await_peer();
  void on_readable(bool failed);
  void on_writable(bool failed);
  void wait_is_over();
  void beat() noexcept;

  TransportShard& shard_;
  TransportShard::Slot slot_;
  Socket socket_;
  Heartbeat heartbeat_{*this};
  std::string set_notice_;  // the subscriptions as JSON, until they are effective
  std::uint8_t waits_ = 0;  // handlers of the socket that are still to come
  bool is_chunked_;
  bool is_closed_ = false;
};

}  // namespace rig::transport
