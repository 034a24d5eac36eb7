#include "io/long_poll_session.hpp"

#include "logic/notices.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/subscriptions/cursor.hpp>

#include <utility>

namespace rig::transport {

namespace {
/// Polls of one session that may wait at the same time; a further one sends the oldest home.
constexpr std::size_t kWaitingMax = 8;
}  // namespace

LongPollSession::Idle::Idle(LongPollSession& of)
    : Timer([](Timer& timer) noexcept { static_cast<Idle&>(timer).session.close(); }),
      session(of) {}

LongPollSession::LongPollSession(TransportShard& shard, TransportShard::Slot slot,
                                 bool with_cursors)
    : NamedConnection(shard.names()),
      shard_(shard),
      slot_(std::move(slot)),
      buffer_({shard.config().longpolling.events_max,
               static_cast<std::size_t>(shard.config().slow.bytes_max)},
              with_cursors) {
  shard_.metrics().longpolling_sessions.add();
}

LongPollSession::~LongPollSession() { shard_.metrics().longpolling_sessions.sub(); }

void LongPollSession::open(StreamRequest request) {
  auto& subscriptions = shard_.subscriptions();
  // What is no cursor must not come back in a cookie.
  const auto place = subscriptions::Cursor::parse(request.cursor.value_or(""));
  buffer_.set_cursor(place.value_or(subscriptions.cursor()).text());
  add_notice("rig.connection.create",
             connection_created(sealed_text(token(), shard_.context().node)));
  asked_.ask(request.subscriptions);
  shard_.wheel().arm(idle_, shard_.config().longpolling.idle_timeout);
  if (request.identity && !identify(std::move(request.identity)))
    return end_by(EndOfIdentity::kSessionKilled);
  if (request.cursor) {
    source_ = Source::kReading;
    subscriptions.resume(*this, std::move(request.subscriptions), *request.cursor);
  } else {
    subscriptions.replace(*this, std::move(request.subscriptions));
  }
}

/// What the client gets before the confirmation is of the old set, also what is still to be read.
void LongPollSession::replace_subscriptions(subscriptions::SubscriptionList list) {
  if (is_closed_) return;
  if (source_ == Source::kLive) return put(std::move(list));
  next_ = std::move(list);
}

void LongPollSession::put(subscriptions::SubscriptionList list) {
  asked_.ask(list);
  is_confirmation_due_ = true;
  shard_.subscriptions().replace(*this, std::move(list));
}

ClientIdentity& LongPollSession::own_identity() {
  if (!identity_) identity_ = std::make_unique<ClientIdentity>(shard_, *this, *this);
  return *identity_;
}

bool LongPollSession::join_sessions(const access::Identity& identity) {
  return is_closed_ || own_identity().join(identity);  // nobody polls it any more
}

bool LongPollSession::identify(access::IdentityRef identity) {
  if (is_closed_) return true;
  using From = ClientIdentity::From;
  return own_identity().adopt(std::move(identity),
                              source_ == Source::kLive ? From::kNow : From::kSettled);
}

/// Polls that wait are told; the next one finds no session.
void LongPollSession::end_by(EndOfIdentity end) noexcept {
  add_notice(event_type_of(end), {});
  close();
}

std::string LongPollSession::subscriptions_json() const {
  return next_ ? subscriptions_as_json(*next_) : asked_.json();
}

void LongPollSession::subscriptions_effective() noexcept {
  if (std::exchange(is_confirmed_already_, false)) return;
  is_confirmation_due_ = false;
  // What was published before is none of the client's, also if it comes back without an event.
  if (source_ == Source::kLive) buffer_.set_cursor(shard_.subscriptions().cursor().text());
  in_force_json_ = asked_.json();
  asked_.confirm([this](const std::string& json) { add_notice("rig.subscriptions_set", json); });
}

void LongPollSession::deliver(const cloudevents::EventRef& event) noexcept {
  if (source_ == Source::kBehind) return;
  // From one place in the log only one set can be read on, so it must not change meanwhile.
  const bool may_fall_behind = source_ == Source::kLive && !is_confirmation_due_;
  if (may_fall_behind && !buffer_.has_room_for(event->json().size())) {
    source_ = Source::kBehind;
    return;
  }
  buffer_.add(event, shard_.subscriptions().cursor_of(*event).text());
  shard_.metrics().deliveries.add();
  wake();
}

void LongPollSession::gap(const subscriptions::Gap& gap) noexcept { note_gap(gap); }

void LongPollSession::note_gap(const subscriptions::Gap& gap) {
  shard_.metrics().gaps.add();
  add_notice("rig.gap", gap_data(gap));
}

void LongPollSession::add_notice(std::string_view type, std::string_view data) {
  buffer_.add_notice(cloudevents::make_gateway_event(type, data));
  wake();
}

void LongPollSession::page_replayed(bool is_last) noexcept {
  source_ = is_last ? Source::kLive : Source::kPaused;
  if (!is_last) return read_on();
  buffer_.set_cursor(shard_.subscriptions().cursor().text());
  if (auto next = std::exchange(next_, std::nullopt)) put(*std::move(next));
  if (identity_) identity_->settle();
}

/// Gets more from the log, if there is more and room for it.
void LongPollSession::read_on() {
  const bool has_to_read = source_ == Source::kPaused || source_ == Source::kBehind;
  if (is_closed_ || !has_to_read || !buffer_.has_room_for_page()) return;
  if (std::exchange(source_, Source::kReading) == Source::kBehind) return read_anew();
  shard_.subscriptions().continue_replay(*this);
}

/// What came while the buffer was full.
void LongPollSession::read_anew() {
  auto list = shard_.subscriptions().parse(in_force_json_);
  if (!list) {
    source_ = Source::kLive;
    return note_gap({subscriptions::Gap::Reason::kOverflow});
  }
  is_confirmed_already_ = true;
  shard_.subscriptions().resume(*this, *std::move(list), buffer_.cursor());
}

/// Of a client that asks for what it has confirmed; only this client is told.
cloudevents::EventRef LongPollSession::gap_behind(const PollPlace& place) {
  using Reason = subscriptions::Gap::Reason;
  shard_.metrics().gaps.add();
  const auto cursor = subscriptions::Cursor::parse(place.cursor);
  const auto gap = cursor ? subscriptions::Gap{Reason::kOverflow, cursor->seconds}
                          : subscriptions::Gap{Reason::kUnknown};
  return cloudevents::make_gateway_event("rig.gap", gap_data(gap));
}

void LongPollSession::wake() noexcept {
  for (Timer* timer : waiting_) timer->cancel();
}

void LongPollSession::close() noexcept {
  if (std::exchange(is_closed_, true)) return;
  shard_.subscriptions().remove(*this);
  if (identity_) identity_->leave();
  idle_.cancel();
  wake();
  shard_.erase(*this);
}

Task<PollPage> LongPollSession::poll(std::shared_ptr<LongPollSession> self, std::string seen,
                                     Deadline deadline) {
  const auto place = PollPlace::parse(seen);
  PollBuffer& buffer = self->buffer_;
  self->shard_.wheel().arm(self->idle_, self->shard_.config().longpolling.idle_timeout);
  buffer.confirm(place);
  self->read_on();
  Timer timer(self->shard_.executor(), deadline.at);
  // The welcome comes together with the confirmation, as clients know it.
  while ((!buffer.has_after(place) || self->is_confirmation_due_) && !self->is_closed_ &&
         !deadline.passed() && !self->shard_.is_draining()) {
    auto& waiting = self->waiting_;
    if (waiting.size() >= kWaitingMax) {
      waiting.front()->cancel();
      waiting.erase(waiting.begin());
    }
    waiting.push_back(&timer);
    const auto [error] = co_await timer.async_wait(kUseTaskTuple);
    std::erase(waiting, &timer);
    if (error && !buffer.has_after(place)) break;  // sent home
  }
  const auto gap = buffer.has_lost(place) ? self->gap_behind(place) : nullptr;
  co_return buffer.read(place, gap);
}

}  // namespace rig::transport
