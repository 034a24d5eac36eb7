// The part of Forwarding that hands the answer to the client.

#include "io/forwarding.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <cstring>
#include <utility>

namespace rig::proxy {

using namespace boost::asio::experimental::awaitable_operators;
using transport::BodyFraming;
using transport::Exchange;
using Read = UpstreamConnection::Read;
using Written = UpstreamConnection::Written;

namespace {

BodyFraming framing_for_client(const Framing& framing) {
  switch (framing.kind) {
    case Framing::Kind::kLength: return {BodyFraming::Kind::kLength, framing.length};
    case Framing::Kind::kChunked:
    case Framing::Kind::kUntilClose: return {BodyFraming::Kind::kChunked, 0};
    case Framing::Kind::kNone:
    case Framing::Kind::kUpgraded: break;
  }
  return {};
}

bool is_event_stream(const Headers& headers) {
  return headers.find("content-type").value_or("").starts_with("text/event-stream");
}

}  // namespace

Forwarding::Step Forwarding::start_answer() {
  has_head_ = true;
  result_.status = head_.status;
  result_.upstream_time = std::chrono::duration_cast<std::chrono::microseconds>(moved_ - sent_);
  if (head_.status == 101) return Step::kSwitch;
  can_stay_ = head_.keep_alive;
  body_reader_ = BodyReader(head_.framing);
  silence_max_ = is_event_stream(head_.headers) ? stream_timeout() : idle_timeout();
  auto answer = rules_.relayed(head_);
  takes_body_ = answer && exchange_.request().method != "HEAD";
  if (!answer) return Step::kGoesOn;
  const auto framing = takes_body_ ? framing_for_client(head_.framing) : BodyFraming{};
  has_started_ = holds_head_ = true;
  head_ = ResponseHead();  // whoever takes the body slowly need not hold it
  exchange_.start(*std::move(answer), framing);
  return Step::kGoesOn;
}

Task<Forwarding::Step> Forwarding::switch_protocols(Ref<Forwarding> self) {
  auto answer = self->request_.is_upgrade ? self->rules_.interim(self->head_) : std::nullopt;
  if (!answer) {
    self->fail(Outcome::kUnreachable, "an upgrade that nobody asked for");
    co_return Step::kDone;
  }
  self->has_started_ = true;
  const bool is_started = co_await self->exchange_.switch_protocols(*std::move(answer));
  if (is_started) co_return Step::kUpgrade;
  self->note_client_failure(Exchange::Failure::kClientLeft);
  co_return Step::kDone;
}

Task<Forwarding::Step> Forwarding::take_body(Ref<Forwarding> self) {
  self->gather_body();
  self->keep_rest();
  self->result_.bytes_down += self->piece_.size();
  const bool is_over = !self->is_body_bad_ && (self->body_reader_.is_done() || !self->takes_body_);
  if (is_over) co_return co_await finish_answer(self);
  const bool is_written = !self->takes_body_ || co_await write_down(self);
  if (!is_written) {
    self->note_client_failure(Exchange::Failure::kClientLeft);
    co_return Step::kDone;
  }
  if (!self->is_body_bad_) {
    const auto& framing = self->body_reader_.framing();
    const bool is_long = self->takes_body_ && framing.kind == Framing::Kind::kLength &&
                         framing.length > UpstreamPool::kScratchBytes;
    self->is_peeking_ = is_long && self->connection().begin_peeking();
    co_return Step::kGoesOn;
  }
  self->fail(Outcome::kUnreachable, std::string(self->body_reader_.failure().reason));
  co_return Step::kDone;
}

/// Only what the client takes at once is taken from the backend's socket, so a slow client holds no
/// memory here.
Task<Forwarding::Step> Forwarding::take_peeked(Ref<Forwarding> self) {
  self->gather_body();
  const auto taken = self->exchange_.write_some(self->piece_);
  if (!taken) {
    self->note_client_failure(Exchange::Failure::kClientLeft);
    co_return Step::kDone;
  }
  self->holds_head_ = false;
  self->connection().discard(*taken);
  self->result_.bytes_down += *taken;
  if (*taken == self->piece_.size()) {
    self->piece_ = {};
    if (!self->body_reader_.is_done()) co_return Step::kGoesOn;
    self->keep_rest();
    co_return co_await finish_answer(self);
  }
  self->body_reader_.give_back(self->piece_.size() - *taken);
  self->received_ = {};
  const bool takes_more = co_await self->exchange_.wait_to_write();
  self->moved_ = Clock::now();
  if (takes_more) co_return Step::kGoesOn;
  self->note_client_failure(Exchange::Failure::kClientLeft);
  co_return Step::kDone;
}

/// The pieces of what was received become one, `piece_`, in their buffer: one write for the client,
/// whatever chunks the backend makes.
void Forwarding::gather_body() noexcept {
  char* const begin = received_.data();
  std::size_t size = 0;
  std::string_view rest(received_.data(), received_.size());
  for (;;) {
    const auto step = body_reader_.next(rest);
    if (!step.piece.empty() && step.piece.data() != begin + size)
      std::memmove(begin + size, step.piece.data(), step.piece.size());
    size += step.piece.size();
    rest.remove_prefix(step.consumed);
    if (step.state == BodyReader::State::kPiece) continue;
    is_body_bad_ = step.state == BodyReader::State::kFailed;
    break;
  }
  piece_ = {begin, size};
  received_ = received_.last(rest.size());
}

Task<bool> Forwarding::write_down(Ref<Forwarding> self) {
  if (self->piece_.empty()) co_return true;
  self->holds_head_ = false;
  const bool is_written = co_await self->exchange_.write(self->piece_);
  self->moved_ = Clock::now();
  co_return is_written;
}

/// A head without a piece behind it leaves when nobody knows when that will come.
bool Forwarding::is_head_due(bool is_alone) const noexcept {
  const bool is_soon = body_reader_.framing().kind == Framing::Kind::kLength && is_alone;
  return holds_head_ && !is_soon;
}

Task<bool> Forwarding::flush_head(Ref<Forwarding> self) {
  self->holds_head_ = false;
  const bool is_written = co_await self->exchange_.write({});
  if (!is_written) self->note_client_failure(Exchange::Failure::kClientLeft);
  co_return is_written;
}

/// With the last piece, if the client wants it.
Task<Forwarding::Step> Forwarding::finish_answer(Ref<Forwarding> self) {
  // Bytes behind the answer, or an answer before the end of the request: who knows what comes next.
  const bool is_clean = self->body_reader_.is_done() && self->kept_.empty();
  self->can_stay_ = self->can_stay_ && is_clean && self->has_sent_all_;
  self->result_.outcome = self->has_started_ ? Outcome::kRelayed : Outcome::kDiscarded;
  if (!self->has_started_) co_return Step::kDone;
  if (const auto& sent = self->body_reader_.trailers(); !sent.empty())
    self->exchange_.add_trailers(self->rules_.trailers(sent));
  const auto piece = self->takes_body_ ? self->piece_ : std::string_view();
  const bool is_finished = co_await self->exchange_.finish(piece);
  if (!is_finished) self->note_client_failure(Exchange::Failure::kClientLeft);
  co_return Step::kDone;
}

Task<Forwarding::Step> Forwarding::take_end(Ref<Forwarding> self, Read end) {
  if (self->is_total_over_) {
    self->fail(Outcome::kRequestTimeout, "it takes too long in all");
    co_return Step::kDone;
  }
  const bool is_complete = self->has_head_ && end == Read::kEnd && self->kept_.empty() &&
                           self->body_reader_.ends_at_close();
  if (is_complete) {
    self->can_stay_ = false;
    self->piece_ = {};
    co_return co_await finish_answer(self);
  }
  self->fail(Outcome::kUnreachable,
             self->has_head_ ? "the answer was cut off" : "the connection ended without an answer");
  co_return Step::kDone;
}

/// Until either side closes.
Task<> Forwarding::tunnel(Ref<Forwarding> self) {
  self->can_stay_ = false;
  self->result_.outcome = Outcome::kRelayed;
  self->silence_max_ = self->stream_timeout();
  co_await (tunnel_down(self) || tunnel_up(self));
}

Task<> Forwarding::tunnel_down(Ref<Forwarding> self) {
  for (;;) {
    if (!self->kept_.empty()) {
      self->result_.bytes_down += self->kept_.size();
      const bool is_written = co_await self->exchange_.write(self->kept_);
      self->kept_.clear();
      if (!is_written) co_return;
    }
    const auto got = co_await UpstreamConnection::read(self->connection(), self->patience(false));
    if (got == Read::kTimeout && self->patience(false) > milliseconds(0)) continue;
    if (got != Read::kBytes) co_return;
    self->moved_ = Clock::now();
    const auto bytes = self->connection().bytes();
    self->piece_ = {bytes.data(), bytes.size()};
    self->result_.bytes_down += bytes.size();
    const bool is_written = co_await write_down(self);
    if (!is_written) co_return;
  }
}

Task<> Forwarding::tunnel_up(Ref<Forwarding> self) {
  for (;;) {
    const auto piece = co_await self->exchange_.read();
    if (!piece || piece->empty()) co_return;
    const bool is_sent = co_await send(self, self->connection().write(*piece));
    if (!is_sent) co_return;
    self->result_.bytes_up += piece->size();
  }
}

}  // namespace rig::proxy
