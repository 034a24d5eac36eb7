#include "io/sse_connection.hpp"

#include "logic/connection_token.hpp"
#include "logic/sse_encoder.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/log.hpp>

#include <utility>

namespace rig::transport {

SseConnection::Heartbeat::Heartbeat(SseConnection& of)
    : Timer([](Timer& timer) noexcept { static_cast<Heartbeat&>(timer).connection.beat(); }),
      connection(of) {}

SseConnection::SseConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket,
                             int http_version)
    : StreamWriter(socket.native_handle(), http_version >= 11),
      shard_(shard),
      slot_(std::move(slot)),
      socket_(std::move(socket)),
      is_chunked_(http_version >= 11) {
  shard_.metrics().sse_connections.add();
}

SseConnection::~SseConnection() { shard_.metrics().sse_connections.sub(); }

void SseConnection::open(std::string head, subscriptions::SubscriptionList list) {
  const auto welcome = encode_sse_notice(*cloudevents::make_gateway_event(
      "rig.connection.create", R"({"connection_token":")" + new_connection_token() + R"("})"));
  head.append(is_chunked_ ? welcome->framed() : welcome->plain());
  shard_.writes().append(*this, ChunkRef(new Chunk(std::move(head), 0, 0)));

  set_notice_ = "[";
  for (const auto& subscription : list) {
    if (set_notice_.size() > 1) set_notice_ += ',';
    set_notice_ += subscription.json;
  }
  set_notice_ += ']';
  await_peer();
  shard_.wheel().arm(heartbeat_, shard_.config().heartbeat_interval);
  shard_.subscriptions().replace(*this, std::move(list));
}

void SseConnection::subscriptions_effective() noexcept {
  const auto notice = cloudevents::make_gateway_event("rig.subscriptions_set", set_notice_);
  std::string().swap(set_notice_);
  shard_.writes().append(*this, encode_sse_notice(*notice));
}

void SseConnection::deliver(const cloudevents::EventRef& event) noexcept {
  shard_.writes().append(*this, shard_.sse_chunk(event));
}

void SseConnection::beat() noexcept {
  shard_.writes().append(*this, shard_.heartbeat());
  shard_.wheel().arm(heartbeat_, shard_.config().heartbeat_interval);
}

void SseConnection::finish(const ChunkRef& last) {
  if (is_closed_) return;
  shard_.subscriptions().remove(*this);
  heartbeat_.cancel();
  shard_.writes().finish(*this, last);
}

void SseConnection::close() {
  if (std::exchange(is_closed_, true)) return;
  shard_.subscriptions().remove(*this);
  heartbeat_.cancel();
  shard_.writes().forget(*this);
  boost::system::error_code ignored;  // the socket is given up either way
  socket_.close(ignored);
  // The wait for the peer is now cancelled; its handler is the last one and destroys this object.
}

void SseConnection::write_ended(End end) noexcept {
  if (end == End::kTooSlow && !is_closed_) {
    shard_.metrics().dropped_slow.add();
    RIG_LOG(kInfo, "a client reads too slowly and is disconnected", {"transport", "sse"});
  }
  close();
}

void SseConnection::await_peer() {
  ++waits_;
  socket_.async_wait(Socket::wait_read, [this](const boost::system::error_code& error) {
    on_readable(error.failed());
  });
}

void SseConnection::on_readable(bool failed) {
  // A client has nothing to say on its stream; what it sends is read and dropped, so that its end
  // is seen.
  if (!failed && !is_closed_) {
    const auto received = read_now(socket_.native_handle(), shard_.scratch());
    if (received.peer_is_gone) {
      close();
    } else {
      await_peer();
    }
  } else {
    close();
  }
  wait_is_over();
}

void SseConnection::await_writable() noexcept {
  ++waits_;
  socket_.async_wait(Socket::wait_write, [this](const boost::system::error_code& error) {
    on_writable(error.failed());
  });
}

void SseConnection::on_writable(bool failed) {
  if (!failed && !is_closed_) shard_.writes().writable(*this);
  wait_is_over();
}

void SseConnection::wait_is_over() {
  if (--waits_ == 0) shard_.erase(*this);
}

}  // namespace rig::transport
