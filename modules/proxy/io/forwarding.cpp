#include "io/forwarding.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <utility>

namespace rig::proxy {

using namespace boost::asio::experimental::awaitable_operators;
using transport::Exchange;
using Read = UpstreamConnection::Read;
using Written = UpstreamConnection::Written;

namespace {

std::chrono::milliseconds first_of(std::chrono::milliseconds wanted,
                                   std::chrono::milliseconds otherwise) noexcept {
  return wanted.count() > 0 ? wanted : otherwise;
}

std::string chunk_size_line(std::size_t size) {
  std::array<char, 18> line;
  char* const end = std::to_chars(line.data(), line.data() + 16, size, 16).ptr;
  return std::string(line.data(), end) + "\r\n";
}

}  // namespace

Forwarding::TotalTimer::TotalTimer(Forwarding& of)
    : Timer([](Timer& timer) noexcept {
        auto& forwarding = static_cast<TotalTimer&>(timer).forwarding;
        forwarding.is_total_over_ = true;
        if (forwarding.place_->has_connection()) forwarding.connection().close();
      }),
      forwarding(of) {}

Forwarding::Forwarding(UpstreamPool& pool, const HttpTargetConfig& config, Exchange& exchange,
                       RequestBody& body, const OutgoingRequest& request, AnswerRules& rules)
    : pool_(pool),
      config_(config),
      exchange_(exchange),
      body_(body),
      request_(request),
      rules_(rules),
      head_reader_(request.is_head),
      silence_max_(first_byte_timeout()) {}

Forwarding::milliseconds Forwarding::first_byte_timeout() const noexcept {
  return first_of(request_.timeouts.first_byte, config_.recv_timeout);
}

Forwarding::milliseconds Forwarding::idle_timeout() const noexcept {
  return first_of(request_.timeouts.idle, config_.recv_timeout);
}

Forwarding::milliseconds Forwarding::stream_timeout() const noexcept {
  return first_of(request_.timeouts.idle, config_.stream_timeout);
}

Forwarding::milliseconds Forwarding::total_timeout() const noexcept {
  return first_of(request_.timeouts.total, config_.total_timeout);
}

Forwarded Forwarding::take_result() noexcept {
  using enum Outcome;
  const bool is_failure = result_.outcome == kUnreachable || result_.outcome == kRequestTimeout ||
                          result_.outcome == kBusy;
  result_.can_be_sent_again =
      is_failure && !has_started_ && body_.is_at_start() && (!has_sent_ || request_.is_idempotent);
  return std::move(result_);
}

void Forwarding::fail(Outcome outcome, std::string reason) {
  if (std::exchange(has_failed_, true)) return;
  result_.outcome = outcome;
  result_.server = request_.server.text();
  result_.reason = result_.server + ": " + std::move(reason);
  can_stay_ = false;
  if (!has_started_ || outcome == Outcome::kClientLeft) return;
  result_.outcome = Outcome::kCut;
  exchange_.abort();
}

Task<> Forwarding::run(Ref<Forwarding> self) {
  const bool is_in = self->enters_at_once() || co_await find_place(self);
  if (!is_in) co_return;
  if (self->total_timeout() > milliseconds(0))
    self->pool_.wheel().arm(self->total_timer_, self->total_timeout());
  self->is_reused_ = self->place_->take_idle(!self->request_.is_idempotent);
  const bool is_connected = self->is_reused_ || co_await dial(self);
  if (!is_connected) co_return;
  co_await attempt(self);
  if (self->was_stale()) {
    self->begin_anew();
    const bool is_fresh = co_await dial(self);
    if (is_fresh) co_await attempt(self);
  }
  self->total_timer_.cancel();
  if (self->can_stay_) {
    self->connection().was_used = true;
    self->place_->keep_connection();
  }
}

/// The backend closed a kept connection while the request was on its way (RFC 9112, 9.3.1). What
/// must not be done twice is sent again only if none of it has left (RFC 9110, 9.2.2).
bool Forwarding::was_stale() const noexcept {
  return is_reused_ && has_failed_ && result_.outcome == Outcome::kUnreachable && !has_head_ &&
         head_reader_.is_untouched() && body_.is_at_start() &&
         (request_.is_idempotent || !has_sent_) && !is_total_over_;
}

void Forwarding::begin_anew() {
  has_failed_ = has_sent_ = has_sent_all_ = is_reused_ = false;
  kept_.clear();
  result_ = Forwarded{};
}

bool Forwarding::enters_at_once() {
  if (!body_.is_complete()) return false;
  place_.emplace(pool_, request_.server);
  return place_->state() == UpstreamPool::Place::State::kIn;
}

/// The body begins before there is a place: a client that takes its time holds no connection.
Task<bool> Forwarding::find_place(Ref<Forwarding> self) {
  co_await RequestBody::read_first(self->body_);
  if (const auto failure = self->body_.failure()) {
    self->note_client_failure(*failure);
    co_return false;
  }
  if (!self->place_) self->place_.emplace(self->pool_, self->request_.server);
  using enum UpstreamPool::Place::State;
  if (self->place_->state() == kWaits) {
    const auto first =
        co_await (UpstreamPool::Place::wait(*self->place_) || self->exchange_.client_left());
    if (first.index() == 1) self->note_client_failure(Exchange::Failure::kClientLeft);
  }
  if (self->place_->state() == kRefused) self->fail(Outcome::kBusy, "no connection is free");
  co_return !self->has_failed_;
}

Task<bool> Forwarding::dial(Ref<Forwarding> self) {
  const auto at_most = first_of(self->request_.timeouts.connect, self->config_.connect_timeout);
  auto first =
      co_await (UpstreamPool::Place::dial(*self->place_, at_most) || self->exchange_.client_left());
  if (first.index() == 1) {
    self->note_client_failure(Exchange::Failure::kClientLeft);
  } else if (auto& failure = std::get<0>(first); failure) {
    self->fail(Outcome::kUnreachable, std::move(failure->reason));
  } else if (self->is_total_over_) {
    self->fail(Outcome::kRequestTimeout, "it takes too long in all");
  }
  co_return !self->has_failed_;
}

Task<> Forwarding::attempt(Ref<Forwarding> self) {
  // If the backend does not take it, it may have said why.
  auto written = self->begin_request();
  if (written == Written::kSome) written = co_await finish_sending(self);
  if (written == Written::kAll) {
    self->result_.bytes_up = self->body_.first().size();
    self->has_sent_all_ = self->body_.is_complete();
  }
  auto step =
      self->has_sent_all_ || !self->has_sent_ ? co_await receive(self, true) : Step::kWantsCompany;
  if (step == Step::kWantsCompany) step = co_await receive_in_company(self);
  if (step == Step::kUpgrade) co_await tunnel(self);
}

Written Forwarding::begin_request() {
  const auto written = connection().write(request_.head, body_.first());
  sent_ = moved_ = Clock::now();
  has_sent_ = written != Written::kBroken;
  return written;
}

Task<Written> Forwarding::finish_sending(Ref<Forwarding> self) {
  const bool is_sent =
      co_await UpstreamConnection::finish_write(self->connection(), self->idle_timeout());
  self->moved_ = Clock::now();
  co_return is_sent ? Written::kAll : Written::kBroken;
}

Task<bool> Forwarding::send(Ref<Forwarding> self, Written so_far) {
  if (so_far == Written::kSome) co_return co_await finish_sending(self) == Written::kAll;
  self->moved_ = Clock::now();
  co_return so_far == Written::kAll;
}

/// What is left of it, as it comes.
Task<> Forwarding::send_body(Ref<Forwarding> self) {
  const bool is_chunked = self->body_.is_chunked();
  std::string size;
  while (!self->body_.is_complete()) {
    const auto piece = co_await RequestBody::read(self->body_);
    if (const auto failure = self->body_.failure()) co_return self->note_client_failure(*failure);
    if (piece.empty()) break;
    if (is_chunked) size = chunk_size_line(piece.size());
    const auto written =
        self->connection().write(size, piece, is_chunked ? "\r\n" : std::string_view());
    const bool is_sent = co_await send(self, written);
    if (!is_sent) co_return;
    self->result_.bytes_up += piece.size();
  }
  if (is_chunked) {
    const auto last = self->last_chunk();
    const bool is_sent = co_await send(self, self->connection().write(last));
    if (!is_sent) co_return;
  }
  self->has_sent_all_ = true;
}

std::string Forwarding::last_chunk() const {
  std::string text = "0\r\n";
  const auto& rules = request_.trailers;
  write_trailers(text, rules ? exchange_.trailers() : Headers(), rules.value_or(TrailerRules()));
  return text;
}

/// Ends only when the client is the reason for the exchange to end.
Task<> Forwarding::accompany(Ref<Forwarding> self) {
  if (!self->has_sent_all_) co_await send_body(self);
  if (self->has_failed_) co_return;
  co_await self->exchange_.client_left();
  self->note_client_failure(Exchange::Failure::kClientLeft);
}

void Forwarding::note_client_failure(Exchange::Failure failure) {
  switch (failure) {
    case Exchange::Failure::kClientLeft: return fail(Outcome::kClientLeft, "the client left");
    case Exchange::Failure::kTooSlow:
      return fail(Outcome::kRequestTooSlow, "the client's body did not come in time");
    case Exchange::Failure::kInvalid:
      return fail(Outcome::kBadRequest, "the client's body is not valid");
  }
}

Task<Forwarding::Step> Forwarding::receive_in_company(Ref<Forwarding> self) {
  const auto first = co_await (receive_safely(self) || accompany(self));
  if (self->unexpected_) std::rethrow_exception(self->unexpected_);
  co_return first.index() == 0 ? std::get<0>(first) : Step::kDone;
}

/// `||` waits for a success: without this an exception would be seen when the client leaves.
Task<Forwarding::Step> Forwarding::receive_safely(Ref<Forwarding> self) {
  try {
    co_return co_await receive(self, false);
  } catch (const boost::system::system_error& error) {
    const bool is_cancelled = error.code() == boost::asio::error::operation_aborted;
    if (!is_cancelled) self->unexpected_ = std::current_exception();
  } catch (const std::exception&) {
    self->unexpected_ = std::current_exception();
  }
  co_return Step::kDone;
}

Task<Forwarding::Step> Forwarding::receive(Ref<Forwarding> self, bool is_alone) {
  UpstreamConnection& connection = self->connection();
  for (;;) {
    const bool is_flushed = !self->is_head_due(is_alone) || co_await flush_head(self);
    if (!is_flushed) co_return Step::kDone;
    auto got = connection.read_now();
    if (!got) {
      co_await connection.wait_to_read(self->patience(is_alone));
      got = connection.read_now();
    }
    auto step = Step::kGoesOn;
    if (!got) {
      step = self->after_silence(is_alone);
    } else {
      self->moved_ = Clock::now();
      step = *got == Read::kBytes ? co_await take(self) : co_await take_end(self, *got);
    }
    if (step != Step::kGoesOn) co_return step;
  }
}

Forwarding::Step Forwarding::after_silence(bool is_alone) {
  const bool may_be_silent = patience(false) > milliseconds(0) || !has_sent_all_;
  if (may_be_silent) return is_alone ? Step::kWantsCompany : Step::kGoesOn;
  fail(Outcome::kRequestTimeout, "no answer in time");
  return Step::kDone;
}

/// How long the backend may still be silent. While it has not got all of the request, it need not
/// say anything: then the client's and its own pace of taking it are watched.
Forwarding::milliseconds Forwarding::patience(bool is_alone) const {
  if (is_alone) return std::min(silence_max_, milliseconds(TimerWheel::kTick));
  if (!has_sent_all_) return silence_max_;
  const auto silent = std::chrono::duration_cast<milliseconds>(Clock::now() - moved_);
  return std::max(silence_max_ - silent, milliseconds(0));
}

Task<Forwarding::Step> Forwarding::take(Ref<Forwarding> self) {
  self->received_ = self->connection().bytes();
  if (!self->kept_.empty()) {
    self->kept_.append(self->received_.data(), self->received_.size());
    self->take_kept();
  }
  auto step = self->has_head_ ? Step::kGoesOn : self->take_head();
  if (step == Step::kInform) step = co_await inform(self);
  if (step == Step::kSwitch) {
    self->keep_rest();
    step = co_await switch_protocols(self);
  }
  if (step == Step::kGoesOn && self->has_head_)
    step = self->is_peeking_ ? co_await take_peeked(self) : co_await take_body(self);
  self->keep_rest();
  co_return step;
}

/// Before each suspension: what the connection has read lies where others read to.
void Forwarding::keep_rest() {
  if (received_.empty()) return;
  kept_.assign(received_.data(), received_.size());
  received_ = {};
}

void Forwarding::take_kept() {
  held_ = std::exchange(kept_, {});
  received_ = held_;
}

Forwarding::Step Forwarding::take_head() {
  for (;;) {
    const auto progress = head_reader_.feed({received_.data(), received_.size()});
    received_ = received_.subspan(progress.consumed);
    if (progress.state == ResponseReader::State::kNeedMore) return Step::kGoesOn;
    if (progress.state == ResponseReader::State::kFailed) {
      fail(Outcome::kUnreachable, std::string(head_reader_.failure().reason));
      return Step::kDone;
    }
    head_ = head_reader_.take();
    if (!head_.is_interim()) return start_answer();
    // The gateway itself asks its client to continue (RFC 9110, 10.1.1).
    if (head_.status != 100) return Step::kInform;
  }
}

/// Interim answers, until there is none of them.
Task<Forwarding::Step> Forwarding::inform(Ref<Forwarding> self) {
  auto step = Step::kInform;
  while (step == Step::kInform) {
    auto interim = self->rules_.interim(self->head_);
    self->keep_rest();
    const bool is_passed = !interim || co_await self->exchange_.inform(*std::move(interim));
    if (!is_passed) {
      self->note_client_failure(Exchange::Failure::kClientLeft);
      co_return Step::kDone;
    }
    self->take_kept();
    step = self->take_head();
  }
  co_return step;
}

}  // namespace rig::proxy
