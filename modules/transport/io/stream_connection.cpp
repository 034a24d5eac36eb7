#include "io/stream_connection.hpp"

#include "logic/notices.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/log.hpp>

#include <utility>

namespace rig::transport {

namespace {
/// After the last byte the client has so long to close, before its socket is closed for it.
constexpr std::chrono::milliseconds kLingerMax{2000};
/// Sets of subscriptions that wait for the end of a replay; of more, the last one counts.
constexpr std::size_t kNextMax = 20;
}  // namespace

StreamConnection::Heartbeat::Heartbeat(StreamConnection& of)
    : Timer([](Timer& timer) noexcept { static_cast<Heartbeat&>(timer).connection.beat(); }),
      connection(of) {}

StreamConnection::StreamConnection(TransportShard& shard, TransportShard::Slot slot, Socket socket,
                                   bool chunked)
    : NamedConnection(shard.names()),
      StreamWriter(socket.native_handle(), chunked),
      shard_(shard),
      slot_(std::move(slot)),
      socket_(std::move(socket)),
      is_chunked_(chunked) {}

StreamConnection::~StreamConnection() = default;

void StreamConnection::open(std::string head, StreamRequest request) {
  const auto welcome = cloudevents::make_gateway_event(
      "rig.connection.create", connection_created(sealed_text(token(), shard_.context().node)));
  head.append(welcome_chunk(*welcome)->bytes(is_chunked_));
  send(ChunkRef(new Chunk(std::move(head))));

  asked_.ask(request.subscriptions);
  await_peer();
  if (request.identity && !identify(std::move(request.identity)))
    return end_by(EndOfIdentity::kSessionKilled);
  shard_.wheel().arm(heartbeat_, shard_.config().heartbeat_interval);
  auto& subscriptions = shard_.subscriptions();
  if (!request.cursor) {
    subscriptions.replace(*this, std::move(request.subscriptions));
    return;
  }
  is_resuming_ = true;
  shard_.begin_replay();
  subscriptions.resume(*this, std::move(request.subscriptions), *request.cursor);
}

void StreamConnection::open_and_end(std::string head, ChunkRef last) {
  send(ChunkRef(new Chunk(std::move(head))));
  await_peer();
  end_with(std::move(last));
}

void StreamConnection::replace_subscriptions(subscriptions::SubscriptionList list) {
  if (is_ending_) return;
  if (is_resuming_) {  // its turn comes behind what the client came back for
    if (!next_) next_ = std::make_unique<std::vector<subscriptions::SubscriptionList>>();
    if (next_->size() == kNextMax) next_->pop_back();
    next_->push_back(std::move(list));
    return;
  }
  asked_.ask(list);
  shard_.subscriptions().replace(*this, std::move(list));
}

std::string StreamConnection::subscriptions_json() const {
  return next_ ? subscriptions_as_json(next_->back()) : asked_.json();
}

ClientIdentity& StreamConnection::own_identity() {
  if (!identity_) identity_ = std::make_unique<ClientIdentity>(shard_, *this, *this);
  return *identity_;
}

bool StreamConnection::join_sessions(const access::Identity& identity) {
  return is_ending_ || own_identity().join(identity);  // that ends is told nothing any more
}

bool StreamConnection::identify(access::IdentityRef identity) {
  if (is_ending_) return true;
  using From = ClientIdentity::From;
  return own_identity().adopt(std::move(identity), is_resuming_ ? From::kSettled : From::kNow);
}

void StreamConnection::end_by(EndOfIdentity end) noexcept { end_with(ending_chunk(end)); }

void StreamConnection::send_notice(std::string_view type, std::string_view data,
                                   std::string_view cursor) {
  send(notice_chunk(*cloudevents::make_gateway_event(type, data), cursor));
}

void StreamConnection::subscriptions_effective() noexcept {
  // With the place where it starts, so that a client that is cut off before its first event misses
  // none either. One that resumes has a place already.
  const auto cursor = is_resuming_ ? std::string() : shard_.subscriptions().cursor().text();
  asked_.confirm(
      [&](const std::string& json) { send_notice("rig.subscriptions_set", json, cursor); });
}

void StreamConnection::deliver(const cloudevents::EventRef& event) noexcept {
  send(shard_.chunk(event, wire_form()));
}

void StreamConnection::gap(const subscriptions::Gap& gap) noexcept {
  shard_.metrics().gaps.add();
  send_notice("rig.gap", gap_data(gap));
}

void StreamConnection::page_replayed(bool is_last) noexcept {
  if (!is_last) return shard_.writes().tell_drained(*this);
  end_replay();
  if (const auto next = std::exchange(next_, nullptr)) {
    for (auto& list : *next) replace_subscriptions(std::move(list));
  }
  if (identity_) identity_->settle();
  if (is_leaving_) shard_.writes().tell_drained(*this);
}

/// With what stands around the events, a page and what is published behind the last one fit into
/// the outbox.
std::size_t StreamConnection::page_bytes_max() const noexcept {
  return static_cast<std::size_t>(shard_.config().slow.bytes_max / 4);
}

void StreamConnection::end_replay() noexcept {
  if (std::exchange(is_resuming_, false)) shard_.end_replay();
}

void StreamConnection::drained() noexcept {
  if (is_ending_) return;
  if (is_leaving_ && !is_resuming_) return end_with(goodbye_chunk());
  shard_.subscriptions().continue_replay(*this);
}

ChunkRef StreamConnection::gap_before(const cloudevents::Event& first) noexcept {
  shard_.metrics().gaps.add();
  const auto data = gap_data({subscriptions::Gap::Reason::kOverflow, first.log_seconds()});
  return notice_chunk(*cloudevents::make_gateway_event("rig.gap", data), {});
}

void StreamConnection::beat() noexcept {
  if (is_ending_) return close();  // it had its time
  if (is_silent()) {
    shard_.metrics().dropped_silent.add();
    return end_with(goodbye_chunk());
  }
  send(heartbeat_chunk());
  shard_.wheel().arm(heartbeat_, shard_.config().heartbeat_interval);
}

void StreamConnection::finish() {
  if (is_ending_) return;
  // Whoever came back for what the log has, gets it: the next node has another log.
  is_leaving_ = true;
  if (!is_resuming_) end_with(goodbye_chunk());
}

void StreamConnection::end_with(ChunkRef last) {
  if (is_closed_ || std::exchange(is_ending_, true)) return;
  leave();
  heartbeat_.cancel();
  shard_.writes().finish(*this, std::move(last));
}

void StreamConnection::leave() noexcept {
  if (identity_) identity_->leave();
  shard_.subscriptions().remove(*this);
  end_replay();
}

void StreamConnection::close() {
  if (std::exchange(is_closed_, true)) return;
  if (!std::exchange(is_ending_, true)) leave();
  heartbeat_.cancel();
  shard_.writes().forget(*this);
  socket_.close();
  // The wait for the peer is now cancelled; its handler is the last one and destroys this object.
}

void StreamConnection::write_ended(End end) noexcept {
  if (is_closed_) return;
  if (end == End::kTooSlow) {
    shard_.metrics().dropped_slow.add();
    RIG_LOG(kInfo, "a client reads too slowly and is disconnected",
            {"transport", transport_name()});
  }
  if (end != End::kFinished) return close();
  // Closing a socket with unread bytes in it would reset the connection, and take the last bytes
  // with it. So the client closes, or has had its time.
  socket_.shutdown_send();
  shard_.wheel().arm(heartbeat_, kLingerMax);
}

void StreamConnection::await_peer() {
  ++waits_;
  socket_.async_wait(Socket::Wait::kRead, [this](const boost::system::error_code& error) {
    on_readable(error.failed());
  });
}

void StreamConnection::on_readable(bool failed) {
  if (!failed && !is_closed_) {
    const auto got = socket_.receive(shard_.scratch());
    if (got.peer_is_gone) {
      close();
    } else {
      if (!is_ending_) received({shard_.scratch().data(), got.bytes});
      await_peer();
    }
  } else {
    close();
  }
  wait_is_over();
}

void StreamConnection::await_writable() noexcept {
  ++waits_;
  socket_.async_wait(Socket::Wait::kWrite, [this](const boost::system::error_code& error) {
    on_writable(error.failed());
  });
}

void StreamConnection::on_writable(bool failed) {
  if (!failed && !is_closed_) shard_.writes().writable(*this);
  wait_is_over();
}

void StreamConnection::wait_is_over() {
  if (--waits_ == 0) shard_.erase(*this);
}

}  // namespace rig::transport
