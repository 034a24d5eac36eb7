#include "io/write_queue.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

namespace rig::transport {

namespace {
/// So many connections get their bytes before the loop looks after others.
constexpr std::size_t kWritersPerTurn = 512;
/// The clock is read once for so many connections: at some 5 µs each, the latency histogram is off
/// by half of that.
constexpr std::size_t kWritersPerReport = 32;
constexpr std::chrono::seconds kAgeCheck{1};
}  // namespace

WriteQueue::AgeTimer::AgeTimer(WriteQueue& of) noexcept
    : Timer([](Timer& timer) noexcept { static_cast<AgeTimer&>(timer).queue.check_ages(); }),
      queue(of) {}

WriteQueue::WriteQueue(Executor executor, TimerWheel& wheel, TransportMetrics& metrics,
                       const SlowClientConfig& slow)
    : executor_(executor), wheel_(wheel), metrics_(metrics), slow_(slow) {}

void WriteQueue::append(StreamWriter& writer, ChunkRef chunk) {
  if (writer.is_finishing_ || writer.is_too_slow_ || chunk->size(writer.chunked_) == 0) return;
  if (writer.outbox_) {
    writer.outbox_->push(std::move(chunk), now());
    if (!is_over_limit(writer, 0)) return;
    writer.is_too_slow_ = true;
    enlist(writer);
    return;
  }
  std::uint32_t at = free_;
  if (at != StreamWriter::kNone) {
    free_ = arena_[at].next;
    arena_[at] = Entry{std::move(chunk), StreamWriter::kNone};
  } else {
    at = static_cast<std::uint32_t>(arena_.size());
    arena_.push_back(Entry{std::move(chunk), StreamWriter::kNone});
  }
  if (writer.last_ == StreamWriter::kNone) {
    writer.first_ = at;
  } else {
    arena_[writer.last_].next = at;
  }
  writer.last_ = at;
  enlist(writer);
}

void WriteQueue::finish(StreamWriter& writer, ChunkRef last) {
  append(writer, std::move(last));
  writer.is_finishing_ = true;
  if (!writer.outbox_) enlist(writer);
}

void WriteQueue::tell_drained(StreamWriter& writer) {
  writer.wants_drained_ = true;
  if (!writer.outbox_) enlist(writer);
}

void WriteQueue::forget(StreamWriter& writer) noexcept {
  while (writer.first_ != StreamWriter::kNone) pop(writer);
  if (writer.turn_ != StreamWriter::kNone)
    turns_[std::exchange(writer.turn_, StreamWriter::kNone)] = nullptr;
  writer.outbox_.reset();
  unblock(writer);
  writer.is_finishing_ = true;
}

void WriteQueue::block(StreamWriter& writer) {
  writer.blocked_ = static_cast<std::uint32_t>(blocked_.size());
  blocked_.push_back(&writer);
  if (!age_timer_.armed()) wheel_.arm(age_timer_, kAgeCheck);
}

void WriteQueue::unblock(StreamWriter& writer) noexcept {
  const auto at = std::exchange(writer.blocked_, StreamWriter::kNone);
  if (at == StreamWriter::kNone) return;
  blocked_[at] = blocked_.back();
  blocked_[at]->blocked_ = at;
  blocked_.pop_back();
  writer.blocked_ = StreamWriter::kNone;
}

/// Seconds of a clock that only rises.
std::uint32_t WriteQueue::now() const noexcept {
  const auto since_start = Chunk::Clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(since_start).count());
}

void WriteQueue::check_ages() noexcept {
  const auto age = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(slow_.age_max).count());
  for (StreamWriter* writer : blocked_) {
    if (writer->is_too_slow_ || !is_over_limit(*writer, now() - age)) continue;
    writer->is_too_slow_ = true;
    enlist(*writer);
  }
  if (!blocked_.empty()) wheel_.arm(age_timer_, kAgeCheck);
}

/// Does what the policy wants about too many bytes, and about what waits since before `since`. True
/// if the client has to go.
bool WriteQueue::is_over_limit(StreamWriter& writer, std::uint32_t since) {
  Outbox& outbox = *writer.outbox_;
  const bool is_too_old = !outbox.empty() && outbox.oldest() < since;
  if (outbox.bytes() <= slow_.bytes_max && !is_too_old) return false;
  switch (slow_.policy) {
    case SlowClientConfig::Policy::kDisconnect: return true;
    case SlowClientConfig::Policy::kConflate:
      metrics_.dropped_conflated.add(outbox.conflate());
      // Whoever takes nothing at all is not helped by fewer events. And a quarter of the room must
      // be free again, or each event would cost a pass over all that waits.
      return is_too_old || outbox.bytes() > slow_.bytes_max / 4 * 3;
    case SlowClientConfig::Policy::kDropOldest: break;
  }
  metrics_.dropped_slow_events.add(outbox.drop_oldest(
      slow_.bytes_max / 2, since,
      [&](const cloudevents::Event& first) { return writer.gap_before(first); }));
  return outbox.bytes() > slow_.bytes_max;
}

void WriteQueue::enlist(StreamWriter& writer) {
  if (writer.turn_ != StreamWriter::kNone) return;
  writer.turn_ = static_cast<std::uint32_t>(turns_.size());
  turns_.push_back(&writer);
  schedule();
}

void WriteQueue::schedule() {
  if (std::exchange(is_scheduled_, true)) return;
  boost::asio::post(executor_, [this] { flush(); });
}

void WriteQueue::flush() {
  is_scheduled_ = false;
  std::size_t writers = 0;
  for (; next_turn_ < turns_.size() && writers < kWritersPerTurn; ++next_turn_) {
    StreamWriter* writer = turns_[next_turn_];
    if (writer == nullptr) continue;
    writer->turn_ = StreamWriter::kNone;
    flush_writer(*writer);
    if (++writers % kWritersPerReport == 0) report();
  }
  report();
  if (next_turn_ < turns_.size()) return schedule();
  next_turn_ = 0;
  turns_.clear();
}

void WriteQueue::flush_writer(StreamWriter& writer) {
  if (writer.is_too_slow_) return writer.write_ended(StreamWriter::End::kTooSlow);
  if (writer.outbox_) return;  // it is the socket's turn
  while (writer.first_ != StreamWriter::kNone) {
    const auto asked = gather(writer);
    const auto written = write_now(writer.fd_, pieces_);
    if (written.peer_is_gone) return writer.write_ended(StreamWriter::End::kPeerGone);
    bytes_ += written.bytes;
    if (written.bytes < asked.bytes) return spill(writer, written.bytes);
    for (std::size_t i = 0; i < asked.chunks; ++i) completed(*pop(writer));
  }
  if (writer.is_finishing_) return writer.write_ended(StreamWriter::End::kFinished);
  if (std::exchange(writer.wants_drained_, false)) writer.drained();
}

/// The socket is full: everything that `writer` has not sent moves to an outbox of its own.
void WriteQueue::spill(StreamWriter& writer, std::size_t sent) {
  writer.outbox_ = std::make_unique<Outbox>(writer.chunked_);
  const auto since = now();
  while (writer.first_ != StreamWriter::kNone) writer.outbox_->push(pop(writer), since);
  writer.outbox_->consume(sent, [this](Chunk& chunk) { completed(chunk); });
  block(writer);
  if (is_over_limit(writer, 0)) return writer.write_ended(StreamWriter::End::kTooSlow);
  writer.await_writable();
}

void WriteQueue::writable(StreamWriter& writer) {
  if (!writer.outbox_) return;
  while (!writer.outbox_->empty()) {
    pieces_.clear();
    std::size_t asked = 0;
    writer.outbox_->peek(pieces_, kPiecesMax);
    for (const auto piece : pieces_) asked += piece.size();
    const auto written = write_now(writer.fd_, pieces_);
    if (written.peer_is_gone) return writer.write_ended(StreamWriter::End::kPeerGone);
    bytes_ += written.bytes;
    writer.outbox_->consume(written.bytes, [this](Chunk& chunk) { completed(chunk); });
    report();
    if (written.bytes < asked) return writer.await_writable();
  }
  writer.outbox_.reset();
  unblock(writer);
  if (writer.is_finishing_) return writer.write_ended(StreamWriter::End::kFinished);
  if (std::exchange(writer.wants_drained_, false)) writer.drained();
}

ChunkRef WriteQueue::pop(StreamWriter& writer) noexcept {
  const std::uint32_t at = writer.first_;
  Entry& entry = arena_[at];
  writer.first_ = std::exchange(entry.next, std::exchange(free_, at));
  if (writer.first_ == StreamWriter::kNone) writer.last_ = StreamWriter::kNone;
  return std::move(entry.chunk);
}

/// Puts what is next for `writer` into `pieces_`; returns how many bytes that is.
WriteQueue::Gathered WriteQueue::gather(const StreamWriter& writer) {
  pieces_.clear();
  Gathered gathered;
  for (auto at = writer.first_;
       at != StreamWriter::kNone && pieces_.size() + Chunk::kPieces <= kPiecesMax;
       at = arena_[at].next) {
    for (const auto piece : arena_[at].chunk->pieces(writer.chunked_)) {
      if (piece.empty()) continue;
      pieces_.push_back(piece);
      gathered.bytes += piece.size();
    }
    ++gathered.chunks;
  }
  return gathered;
}

void WriteQueue::completed(Chunk& chunk) {
  if (chunk.event() == nullptr) return;
  if (chunk.deliveries_to_report++ == 0) to_report_.emplace_back(&chunk);
  ++deliveries_;
}

void WriteQueue::report() {
  metrics_.delivered_bytes.add(std::exchange(bytes_, 0));
  if (to_report_.empty()) return;
  const auto now = Chunk::Clock::now();
  for (const auto& chunk : to_report_)
    metrics_.event_to_socket.observe(now - chunk->event()->received(),
                                     std::exchange(chunk->deliveries_to_report, 0));
  to_report_.clear();
  metrics_.deliveries.add(std::exchange(deliveries_, 0));
}

}  // namespace rig::transport
