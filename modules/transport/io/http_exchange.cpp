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
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kCrlf = "\r\n";

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
        boost::system::error_code ignored;  // a wait that cannot be cancelled is over already
        timeout.socket.cancel(ignored);
      }),
      socket(of) {}

HttpExchange::HttpExchange(TransportShard& shard, Socket& socket, RequestReader& reader,
                           std::string& kept, Peer peer)
    : shard_(shard),
      socket_(socket),
      reader_(reader),
      kept_(kept),
      peer_(std::move(peer)),
      has_body_(reader.has_body()),
      is_body_complete_(!has_body_) {
  if (has_body_) reader_.pass_on();
}

Task<bool> HttpExchange::wait(Socket::wait_type what, Ref<Timeout> timeout) {
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
  co_return co_await send({kContinue});
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
    auto received = read_now(socket_.native_handle(), shard_.scratch());
    if (received.bytes == 0 && !received.peer_is_gone) {
      const bool readable = co_await wait(Socket::wait_read, read_timeout_);
      if (!readable && read_timeout_.has_fired && is_switched_) continue;
      if (!readable) co_return read_timeout_.has_fired ? Failure::kTooSlow : Failure::kClientLeft;
      received = read_now(socket_.native_handle(), shard_.scratch());
    }
    if (received.peer_is_gone) co_return Failure::kClientLeft;
    kept_.append(shard_.scratch().data(), received.bytes);
  }
}

Task<bool> HttpExchange::inform(HttpResponse head) {
  if (request().version < 11) co_return true;  // its client knows none
  const auto bytes = write_informational_head(head);
  co_return co_await send({bytes});
}

Task<bool> HttpExchange::start(HttpResponse head, BodyFraming framing) {
  answer_ = Answer::kStarted;
  framing_ = framing.kind;
  left_ = framing.length;
  const int version = request().version;
  const bool ends_by_close = framing.kind == BodyFraming::Kind::kChunked && version < 11;
  keeps_alive_ = reader_.keep_alive() && !ends_by_close && !shard_.is_draining();
  head_ = write_relayed_head(head, framing, {version, keeps_alive_, true}, shard_.date());
  co_return true;
}

// tidy: allow(coroutine-parameters) whoever calls it awaits it
Task<bool> HttpExchange::write(std::string_view piece) {
  if (piece.empty()) {  // an empty chunk would be the last one
    const auto waiting = std::exchange(head_, {});
    co_return co_await send({waiting});
  }
  std::array<char, 18> size{};
  std::string_view before;
  std::string_view behind;
  if (framing_ == BodyFraming::Kind::kLength) {
    if (piece.size() > left_) co_return false;  // the length was a lie, and is believed
    left_ -= piece.size();
  } else if (framing_ == BodyFraming::Kind::kChunked && request().version >= 11) {
    char* const end = std::to_chars(size.data(), size.data() + 16, piece.size(), 16).ptr;
    *end = '\r';
    *(end + 1) = '\n';
    before = {size.data(), static_cast<std::size_t>(end + 2 - size.data())};
    behind = kCrlf;
  }
  const auto head = std::exchange(head_, {});
  co_return co_await send({head, before, piece, behind});
}

Task<bool> HttpExchange::finish() {
  const bool is_chunked = framing_ == BodyFraming::Kind::kChunked && request().version >= 11;
  const bool is_short = framing_ == BodyFraming::Kind::kLength && left_ > 0;
  if (is_short) abort();
  if (answer_ != Answer::kStarted) co_return false;
  const auto head = std::exchange(head_, {});
  const bool sent = co_await send({head, is_chunked ? kLastChunk : std::string_view()});
  if (sent) answer_ = Answer::kComplete;
  co_return sent;
}

Task<bool> HttpExchange::switch_protocols(HttpResponse head) {
  answer_ = Answer::kStarted;
  is_switched_ = true;
  keeps_alive_ = false;
  framing_ = BodyFraming::Kind::kNone;
  head.headers.add("connection", "upgrade");
  const auto bytes = write_informational_head(head);
  co_return co_await send({bytes});
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
    const auto what = kept_.empty() ? Socket::wait_read : Socket::wait_error;
    const auto [error] = co_await socket_.async_wait(what, kUseTaskTuple);
    if (error) {
      // By a timeout of another wait: who is cancelled itself does not come back here.
      if (error == boost::asio::error::operation_aborted && socket_.is_open()) continue;
      co_return;
    }
    if (has_ended(socket_.native_handle())) co_return;
    if (what == Socket::wait_error) co_return;
    const auto received = read_now(socket_.native_handle(), shard_.scratch());
    kept_.append(shard_.scratch().data(), received.bytes);
  }
}

Task<bool> HttpExchange::send(Pieces pieces) {
  for (;;) {
    std::array<std::string_view, std::tuple_size_v<Pieces>> rest;
    std::size_t count = 0;
    for (const auto piece : pieces) {
      if (!piece.empty()) rest[count++] = piece;
    }
    if (count == 0) co_return true;
    const auto written = write_now(socket_.native_handle(), {rest.data(), count});
    if (written.peer_is_gone) co_return false;
    auto sent = written.bytes;
    bool is_all = true;
    for (auto& piece : pieces) {
      const auto part = std::min(sent, piece.size());
      piece.remove_prefix(part);
      sent -= part;
      is_all = is_all && piece.empty();
    }
    if (is_all) co_return true;
    const bool writable = co_await wait(Socket::wait_write, write_timeout_);
    if (!writable) co_return false;
  }
}

}  // namespace rig::transport
