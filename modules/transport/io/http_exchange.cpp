#include "io/http_exchange.hpp"

#include "logic/response_writer.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace rig::transport {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kCrlf = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kEndAndLastChunk = "\r\n0\r\n\r\n";

/// Whether nothing more can come from there.
bool has_ended(int fd) noexcept {
  char byte = 0;
  const auto got = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

}  // namespace

HttpExchange::Timeout::Timeout(Socket& of)
    : Timer([](Timer& timer) noexcept {
        auto& timeout = static_cast<Timeout&>(timer);
        timeout.has_fired = true;
        timeout.socket.cancel();
      }),
      socket(of) {}

HttpExchange::HttpExchange(TransportShard& shard, Socket& socket, RequestReader& reader,
                           std::string& kept, const Peer& peer)
    : shard_(shard),
      socket_(socket),
      reader_(reader),
      kept_(kept),
      peer_(peer),
      has_body_(reader.has_body()),
      is_body_complete_(!has_body_) {
  if (has_body_) reader_.pass_on();
}

std::string HttpExchange::counted_address() const {
  return shard_.admission().client_of(socket_.native_handle(), request().headers).text();
}

Task<bool> HttpExchange::wait(Socket::Wait what, Ref<Timeout> timeout) {
  timeout->has_fired = false;
  shard_.wheel().arm(*timeout, shard_.config().body_timeout);
  const auto [error] = co_await socket_.async_wait(what, kUseTaskTuple);
  timeout->cancel();
  co_return !error && !timeout->has_fired;
}

/// What is there already becomes a piece.
HttpExchange::Fed HttpExchange::feed() {
  if (kept_.empty()) return Fed::kMore;
  if (is_switched_) {
    piece_ = std::exchange(kept_, {});
    return Fed::kPiece;
  }
  const auto progress = reader_.feed(kept_);
  kept_.erase(0, progress.consumed);
  piece_ = reader_.take_piece();
  if (progress.state == RequestReader::State::kFailed) return Fed::kInvalid;
  is_body_complete_ = progress.state == RequestReader::State::kComplete;
  if (!piece_.empty()) return Fed::kPiece;
  return is_body_complete_ ? Fed::kEnd : Fed::kMore;
}

Task<bool> HttpExchange::continue_first() {
  if (std::exchange(has_continued_, true) || !reader_.expects_continue()) co_return true;
  co_return co_await send(std::string(kContinue));
}

Task<boost::system::result<std::string_view, Exchange::Failure>> HttpExchange::read() {
  piece_.clear();
  if (is_body_complete_ && !is_switched_) co_return std::string_view();
  const bool goes_on = is_switched_ || co_await continue_first();
  if (!goes_on) co_return Failure::kClientLeft;
  for (;;) {
    switch (feed()) {
      case Fed::kPiece: co_return std::string_view(piece_);
      case Fed::kEnd: co_return std::string_view();
      case Fed::kInvalid: co_return Failure::kInvalid;
      case Fed::kMore: break;
    }
    auto received = socket_.receive(shard_.scratch());
    if (received.bytes == 0 && !received.peer_is_gone) {
      const bool readable = co_await wait(Socket::Wait::kRead, read_timeout_);
      if (!readable && read_timeout_.has_fired && is_switched_) continue;
      if (!readable) co_return read_timeout_.has_fired ? Failure::kTooSlow : Failure::kClientLeft;
      received = socket_.receive(shard_.scratch());
    }
    if (received.peer_is_gone) co_return Failure::kClientLeft;
    kept_.append(shard_.scratch().data(), received.bytes);
  }
}

Task<bool> HttpExchange::inform(HttpResponse head) {
  if (request().version < 11) co_return true;  // its client knows none
  co_return co_await send(write_informational_head(head));
}

void HttpExchange::start(HttpResponse head, BodyFraming framing) {
  answer_ = Answer::kStarted;
  framing_ = framing.kind;
  left_ = framing.length;
  const int version = request().version;
  const bool ends_by_close = framing.kind == BodyFraming::Kind::kChunked && version < 11;
  keeps_alive_ = reader_.keep_alive() && !ends_by_close && !shard_.is_draining();
  head_ = write_relayed_head(head, framing, {version, keeps_alive_, true}, shard_.date());
}

/// What becomes of a piece of the body on the wire, behind the head if that still waits.
class HttpExchange::Wire {
 public:
  Wire(HttpExchange& of, std::string_view piece, bool is_last)
      : head_(std::exchange(of.head_, {})) {
    const bool is_chunked =
        of.framing_ == BodyFraming::Kind::kChunked && of.request().version >= 11;
    std::string_view before;
    std::string_view behind;
    if (is_chunked && !piece.empty()) {
      char* const end = std::to_chars(size_.data(), size_.data() + 16, piece.size(), 16).ptr;
      *end = '\r';
      *(end + 1) = '\n';
      before = {size_.data(), static_cast<std::size_t>(end + 2 - size_.data())};
      behind = is_last ? kEndAndLastChunk : kCrlf;
    } else if (is_chunked && is_last) {
      behind = kLastChunk;
    }
    if (is_chunked && is_last && !of.trailers_.empty()) {  // before the empty line
      trailers_ = std::string(behind.substr(0, behind.size() - kCrlf.size()));
      behind = trailers_.append(of.trailers_).append(kCrlf);
    }
    pieces_ = {head_, before, piece, behind};
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  [[nodiscard]] Pieces& pieces() noexcept { return pieces_; }

 private:
  std::string head_;
  std::string trailers_;
  std::array<char, 18> size_{};
  Pieces pieces_;
};

/// False: the length was a lie, and is believed.
bool HttpExchange::count(std::string_view piece) noexcept {
  if (framing_ != BodyFraming::Kind::kLength) return true;
  if (piece.size() > left_) return false;
  left_ -= piece.size();
  return true;
}

// tidy: allow(coroutine-parameters) whoever calls it awaits it
Task<bool> HttpExchange::write(std::string_view piece) {
  if (!count(piece)) co_return false;
  Wire wire(*this, piece, false);
  const auto sent = send_now(wire.pieces());
  if (sent == Sent::kSome) co_return co_await send_rest(std::as_const(wire.pieces()));
  co_return sent == Sent::kAll;
}

std::optional<std::size_t> HttpExchange::write_some(std::string_view piece) {
  if (piece.size() > left_) return std::nullopt;
  Pieces pieces{head_, piece};
  if (send_now(pieces) == Sent::kNever) return std::nullopt;
  head_ = std::string(pieces[0]);
  const auto taken = piece.size() - pieces[1].size();
  left_ -= taken;
  return taken;
}

Task<bool> HttpExchange::wait_to_write() { return wait(Socket::Wait::kWrite, write_timeout_); }

void HttpExchange::add_trailers(const Headers& trailers) {
  for (std::size_t i = 0; i < trailers.size(); ++i)
    trailers_.append(trailers[i].name).append(": ").append(trailers[i].value).append(kCrlf);
}

// tidy: allow(coroutine-parameters) whoever calls it awaits it
Task<bool> HttpExchange::finish(std::string_view piece) {
  if (!count(piece)) co_return false;
  if (framing_ == BodyFraming::Kind::kLength && left_ > 0) abort();
  if (answer_ != Answer::kStarted) co_return false;
  Wire wire(*this, piece, true);
  auto sent = send_now(wire.pieces());
  if (sent == Sent::kSome)
    sent = co_await send_rest(std::as_const(wire.pieces())) ? Sent::kAll : Sent::kNever;
  if (sent == Sent::kAll) answer_ = Answer::kComplete;
  co_return sent == Sent::kAll;
}

Task<bool> HttpExchange::switch_protocols(HttpResponse head) {
  answer_ = Answer::kStarted;
  is_switched_ = true;
  keeps_alive_ = false;
  framing_ = BodyFraming::Kind::kNone;
  head.headers.add("connection", "upgrade");
  co_return co_await send(write_informational_head(head));
}

/// Without this a body that ends with the connection would look complete.
void HttpExchange::abort() noexcept {
  answer_ = Answer::kAborted;
  keeps_alive_ = false;
  // By Asio's option it would not last: that is undone where a socket is destroyed.
  constexpr ::linger kReset{.l_onoff = 1, .l_linger = 0};
  (void)::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &kReset, sizeof kReset);
}

Task<> HttpExchange::client_left() {
  for (;;) {
    // What a client sends ahead is no sign of leaving, and hides the end of its half.
    const auto what = kept_.empty() ? Socket::Wait::kRead : Socket::Wait::kError;
    const auto [error] = co_await socket_.async_wait(what, kUseTaskTuple);
    if (error) {
      // By a timeout of another wait: who is cancelled itself does not come back here.
      if (error == boost::asio::error::operation_aborted && socket_.is_open()) continue;
      co_return;
    }
    if (has_ended(socket_.native_handle())) co_return;
    if (what == Socket::Wait::kError) co_return;
    const auto received = socket_.receive(shard_.scratch());
    kept_.append(shard_.scratch().data(), received.bytes);
  }
}

HttpExchange::Sent HttpExchange::send_now(Pieces& pieces) noexcept {
  std::array<std::string_view, std::tuple_size_v<Pieces>> rest;
  std::size_t count = 0;
  for (const auto piece : pieces) {
    if (!piece.empty()) rest[count++] = piece;
  }
  if (count == 0) return Sent::kAll;
  const auto written = write_now(socket_.native_handle(), {rest.data(), count});
  if (written.peer_is_gone) return Sent::kNever;
  auto sent = written.bytes;
  bool is_all = true;
  for (auto& piece : pieces) {
    const auto part = std::min(sent, piece.size());
    piece.remove_prefix(part);
    sent -= part;
    is_all = is_all && piece.empty();
  }
  return is_all ? Sent::kAll : Sent::kSome;
}

/// A copy: what the pieces are views of is good until the first suspension.
Task<bool> HttpExchange::send_rest(Ref<const Pieces> pieces) {
  std::string rest;
  for (const auto piece : *pieces) rest.append(piece);
  Pieces left{rest};
  for (;;) {
    const bool writable = co_await wait(Socket::Wait::kWrite, write_timeout_);
    if (!writable) co_return false;
    const auto sent = send_now(left);
    if (sent != Sent::kSome) co_return sent == Sent::kAll;
  }
}

Task<bool> HttpExchange::send(std::string bytes) {
  Pieces pieces{bytes};
  const auto sent = send_now(pieces);
  if (sent == Sent::kSome) co_return co_await send_rest(std::as_const(pieces));
  co_return sent == Sent::kAll;
}

}  // namespace rig::transport
