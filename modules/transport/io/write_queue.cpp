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
}  // namespace

WriteQueue::WriteQueue(Executor executor, TransportMetrics& metrics, std::size_t outbox_bytes_max)
    : executor_(executor), metrics_(metrics), outbox_bytes_max_(outbox_bytes_max) {}

void WriteQueue::append(StreamWriter& writer, ChunkRef chunk) {
  if (writer.is_finishing_ || writer.is_too_slow_ || bytes_of(writer, *chunk).empty()) return;
  if (writer.outbox_) {
    writer.outbox_->push(std::move(chunk));
    if (writer.outbox_->bytes() <= outbox_bytes_max_) return;
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

void WriteQueue::forget(StreamWriter& writer) noexcept {
  while (writer.first_ != StreamWriter::kNone) pop(writer);
  if (writer.turn_ != StreamWriter::kNone)
    turns_[std::exchange(writer.turn_, StreamWriter::kNone)] = nullptr;
  writer.outbox_.reset();
  writer.is_finishing_ = true;
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
  while (writer.first_ != StreamWriter::kNone) {
    const std::size_t asked = gather(writer);
    const auto written = write_now(writer.fd_, pieces_);
    if (written.peer_is_gone) return writer.write_ended(StreamWriter::End::kPeerGone);
    bytes_ += written.bytes;
    if (written.bytes < asked) return spill(writer, written.bytes);
    for (std::size_t i = 0; i < pieces_.size(); ++i) completed(*pop(writer));
  }
  if (writer.is_finishing_) writer.write_ended(StreamWriter::End::kFinished);
}

/// The socket is full: everything that `writer` has not sent moves to an outbox of its own.
void WriteQueue::spill(StreamWriter& writer, std::size_t sent) {
  writer.outbox_ = std::make_unique<Outbox>(writer.chunked_);
  while (writer.first_ != StreamWriter::kNone) writer.outbox_->push(pop(writer));
  writer.outbox_->consume(sent, [this](Chunk& chunk) { completed(chunk); });
  if (writer.outbox_->bytes() > outbox_bytes_max_)
    return writer.write_ended(StreamWriter::End::kTooSlow);
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
  if (writer.is_finishing_) writer.write_ended(StreamWriter::End::kFinished);
}

ChunkRef WriteQueue::pop(StreamWriter& writer) noexcept {
  const std::uint32_t at = writer.first_;
  Entry& entry = arena_[at];
  writer.first_ = std::exchange(entry.next, std::exchange(free_, at));
  if (writer.first_ == StreamWriter::kNone) writer.last_ = StreamWriter::kNone;
  return std::move(entry.chunk);
}

/// Puts what is next for `writer` into `pieces_`; returns how many bytes that is.
std::size_t WriteQueue::gather(const StreamWriter& writer) {
  pieces_.clear();
  std::size_t bytes = 0;
  for (auto at = writer.first_; at != StreamWriter::kNone && pieces_.size() < kPiecesMax;
       at = arena_[at].next) {
    pieces_.push_back(bytes_of(writer, *arena_[at].chunk));
    bytes += pieces_.back().size();
  }
  return bytes;
}

std::string_view WriteQueue::bytes_of(const StreamWriter& writer,
                                      const Chunk& chunk) const noexcept {
  return writer.chunked_ ? chunk.framed() : chunk.plain();
}

void WriteQueue::completed(Chunk& chunk) {
  if (!chunk.is_event()) return;
  if (chunk.deliveries_to_report++ == 0) to_report_.emplace_back(&chunk);
  ++deliveries_;
}

void WriteQueue::report() {
  metrics_.delivered_bytes.add(std::exchange(bytes_, 0));
  if (to_report_.empty()) return;
  const auto now = Chunk::Clock::now();
  for (const auto& chunk : to_report_)
    metrics_.event_to_socket.observe(now - chunk->received(),
                                     std::exchange(chunk->deliveries_to_report, 0));
  to_report_.clear();
  metrics_.deliveries.add(std::exchange(deliveries_, 0));
}

}  // namespace rig::transport
