#include "io/http_session.hpp"

#include "io/http_exchange.hpp"
#include "io/opening.hpp"
#include "io/sse_connection.hpp"
#include "io/ws_connection.hpp"
#include "logic/response_writer.hpp"
#include "logic/stream_request.hpp"
#include "logic/ws_handshake.hpp"

#include <rig/core/log.hpp>
#include <rig/transport/credentials.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace rig::transport {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int kNotFound = 404;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
/// After a refusal the client may still be sending. Closing at once would reset the connection and
/// take the answer with it, so its bytes are read for a while, and dropped.
constexpr milliseconds kLingerMax{2000};
constexpr std::size_t kLingerBytesMax = 1 << 20;
constexpr std::size_t kRequestIdBytesMin = 20;  // what the first RIG accepted from clients
constexpr std::size_t kRequestIdBytesMax = 200;

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

HttpResponse options_response(const RouteTable::Match& match, bool is_preflight) {
  HttpResponse response;
  response.status = 204;
  response.headers.add("allow", std::string(match.allow) + ", OPTIONS");
  if (is_preflight) {
    response.headers.add("access-control-allow-methods", match.cors_methods);
    if (!match.cors_headers.empty())
      response.headers.add("access-control-allow-headers", match.cors_headers);
  }
  return response;
}

/// Nothing: whoever asks may manage.
Task<std::optional<HttpResponse>> refuse_management(Ref<access::Access> access,
                                                    Ref<const HttpRequest> request) {
  const auto answer = co_await access->may_manage(credentials_of(*request));
  if (answer) co_return std::nullopt;
  co_return denial_response(answer.error());
}

HttpResponse wrong_method(const RouteTable::Match& match) {
  auto response = HttpResponse::error(405, "This path does not serve that method.");
  response.headers.add("allow", std::string(match.allow) + ", OPTIONS");
  return response;
}

}  // namespace

HttpSession::Timeout::Timeout(HttpSession& of)
    : Timer([](Timer& timer) noexcept {
        auto& session = static_cast<Timeout&>(timer).session;
        session.is_timed_out_ = true;
        session.close_wait();
      }),
      session(of) {}

HttpSession::HttpSession(TransportShard& shard, Socket socket, Door door)
    : shard_(shard),
      slot_(shard),
      socket_(std::move(socket)),
      door_(door),
      reader_(shard.config().limits) {
  reader_.pause_at_head();
  shard_.metrics().http_connections.add();
  shard_.add(*this);
}

HttpSession::~HttpSession() {
  shard_.remove(*this);
  shard_.metrics().http_connections.sub();
}

void HttpSession::close_wait() noexcept { socket_.cancel(); }

void HttpSession::close() { socket_.close(); }

void HttpSession::close_if_idle() {
  if (is_waiting_for_request_) close_wait();
}

Task<> serve_http(Ref<TransportShard> shard, Socket socket, Door door) {
  const bool is_full = shard->is_full();
  HttpSession session(*shard, std::move(socket), door);
  if (is_full) {
    shard->metrics().refused_connections.add();
    co_await session.refuse(503,
                            "This node has all the connections it may have (RIG_CONNECTIONS_MAX).");
    co_return;
  }
  co_await session.run();
}

Task<> HttpSession::run() {
  for (;;) {
    const auto read = co_await read_request();
    if (read != Read::kRequest && read != Read::kHead) co_return;
    shard_.metrics().requests.add();
    bool goes_on = false;
    if (is_for_fallback()) {
      goes_on = co_await pass_on();
    } else {
      HttpRequest request = reader_.take();
      is_in_request_ = has_continued_ = false;
      goes_on = co_await answer(std::move(request));
    }
    if (!goes_on) co_return;
  }
}

Task<HttpSession::Read> HttpSession::read_request() {
  auto state = feed_kept();
  for (;;) {
    const bool has_head = state == RequestReader::State::kHead;
    if (has_head || state == RequestReader::State::kComplete) {
      const auto& head = reader_.head();
      match_ = shard_.context().routes.find(door_, head.method, head.path());
      if (!has_head) co_return Read::kRequest;
      if (is_for_fallback()) co_return Read::kHead;
      state = reader_.collect() ? feed_kept() : RequestReader::State::kFailed;
      continue;
    }
    if (state == RequestReader::State::kFailed) {
      const auto failure = reader_.failure();
      co_await refuse(failure.status, failure.message);
      co_return Read::kRefused;
    }
    if (reader_.expects_continue() && !std::exchange(has_continued_, true)) {
      const bool written = co_await write(std::string(kContinue));
      if (!written) co_return Read::kClosed;
    }
    if (!is_in_request_ && shard_.is_draining()) {
      // The last look: a request that has come in meanwhile is still answered.
      const auto received = socket_.receive(shard_.scratch());
      if (received.bytes == 0) co_return Read::kClosed;
      state = feed_received(received.bytes);
      continue;
    }
    if (!std::exchange(has_looked_, true)) {
      // A client asks as soon as it is connected: mostly its request is there already.
      const auto received = socket_.receive(shard_.scratch());
      if (received.peer_is_gone) co_return Read::kClosed;
      if (received.bytes > 0) {
        state = feed_received(received.bytes);
        continue;
      }
    }
    is_waiting_for_request_ = !is_in_request_;
    const bool readable = co_await wait(Socket::Wait::kRead, read_timeout());
    is_waiting_for_request_ = false;
    if (!readable) {
      if (!is_timed_out_ && !is_in_request_ && shard_.is_draining()) continue;
      if (!is_timed_out_ || !is_in_request_) co_return Read::kClosed;
      co_await refuse(408, "The request did not come in time.");
      co_return Read::kRefused;
    }
    const auto received = socket_.receive(shard_.scratch());
    if (received.peer_is_gone) co_return Read::kClosed;
    if (received.bytes > 0) state = feed_received(received.bytes);
  }
}

RequestReader::State HttpSession::feed_kept() {
  if (kept_.empty()) return RequestReader::State::kNeedMore;
  const auto progress = reader_.feed(kept_);
  kept_.erase(0, progress.consumed);
  if (kept_.empty()) std::string().swap(kept_);
  if (!kept_.empty() && !std::exchange(is_in_request_, true)) request_began_ = steady_clock::now();
  return progress.state;
}

RequestReader::State HttpSession::feed_received(std::size_t size) {
  if (!std::exchange(is_in_request_, true)) request_began_ = steady_clock::now();
  const std::string_view bytes(shard_.scratch().data(), size);
  if (!kept_.empty()) {
    kept_.append(bytes);
    return feed_kept();
  }
  const auto progress = reader_.feed(bytes);
  kept_.assign(bytes.substr(progress.consumed));
  return progress.state;
}

milliseconds HttpSession::read_timeout() const {
  const auto& config = shard_.config();
  if (!is_in_request_) return config.keep_alive_timeout;
  if (reader_.head_is_complete()) return config.body_timeout;
  const auto spent = std::chrono::duration_cast<milliseconds>(steady_clock::now() - request_began_);
  return std::max(config.header_timeout - spent, milliseconds(0));
}

Task<bool> HttpSession::wait(Socket::Wait what, milliseconds at_most) {
  is_timed_out_ = false;
  shard_.wheel().arm(timeout_, at_most);
  const auto [error] = co_await socket_.async_wait(what, kUseTaskTuple);
  timeout_.cancel();
  co_return !error && !is_timed_out_;
}

bool HttpSession::is_for_fallback() const noexcept {
  using Kind = RouteTable::Match::Kind;
  const bool is_ours = match_.kind == Kind::kFound || match_.kind == Kind::kOptions;
  return !is_ours && door_ == Door::kInbound && shard_.context().fallback != nullptr;
}

Headers HttpSession::own_headers(const HttpRequest& request) {
  Headers headers;
  if (door_ == Door::kInbound)
    shard_.context().cors.add_to(headers, request.headers, match_.cors_credentials);
  const auto given_id = request.headers.find("x-request-id");
  const bool takes_id = given_id && given_id->size() >= kRequestIdBytesMin &&
                        given_id->size() <= kRequestIdBytesMax && is_printable(*given_id);
  headers.add("x-request-id", takes_id ? std::string(*given_id) : shard_.next_request_id());
  return headers;
}

/// Has the fallback answer a request, of which the body is still to come; false when the connection
/// does not go on.
Task<bool> HttpSession::pass_on() {
  const int fd = socket_.native_handle();
  HttpExchange exchange(shard_, socket_, reader_, kept_, peer());
  std::optional<HttpResponse> response;
  if (shard_.admission().asks_for_addresses()) {
    const auto client = shard_.admission().client_of(fd, exchange.request().headers);
    response = co_await admit(client, false);
  }
  if (!response) response = co_await ask_fallback(exchange);
  // Of a path that is the gateway's own, only the method is unknown.
  const bool is_known = match_.kind == RouteTable::Match::Kind::kWrongMethod;
  if (is_known && response && response->status == kNotFound) response = wrong_method(match_);
  bool goes_on = exchange.is_complete();
  if (response && exchange.is_untouched()) {
    const bool has_rest = exchange.has_rest();
    const ResponseFraming framing{exchange.request().version,
                                  reader_.keep_alive() && !has_rest && !shard_.is_draining(),
                                  exchange.request().method != "HEAD"};
    const auto extra = own_headers(exchange.request());
    for (std::size_t i = 0; i < extra.size(); ++i)
      response->headers.add(extra[i].name, extra[i].value);
    const bool written = co_await write(write_response(*response, framing, shard_.date()));
    goes_on = written && framing.keep_alive;
    if (written && has_rest) co_await linger();
  } else if (exchange.is_answered() && !goes_on) {
    co_await linger();
  }
  if (goes_on) (void)reader_.take();
  is_in_request_ = has_continued_ = false;
  co_return goes_on && !shard_.is_draining();
}

const Peer& HttpSession::peer() {
  if (!peer_) peer_.emplace(shard_.admission().peer_text(socket_.native_handle()));
  return *peer_;
}

Task<std::optional<HttpResponse>> HttpSession::ask_fallback(Ref<HttpExchange> exchange) {
  std::string failure;
  try {
    co_return co_await shard_.context().fallback->handle(*exchange);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) co_return std::nullopt;
    failure = error.what();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  note_unexpected_error("fallback", failure);
  if (!exchange->is_untouched()) exchange->abort();
  co_return HttpResponse::error(500, "Internal server error");
}

/// Answers a request; false when the connection does not go on.
Task<bool> HttpSession::answer(HttpRequest request) {
  ResponseFraming framing{request.version, request.keep_alive && !shard_.is_draining(),
                          request.method != "HEAD"};
  Headers extra = own_headers(request);
  const auto kind = match_.kind == RouteTable::Match::Kind::kFound ? match_.target.connection
                                                                   : RouteTable::Connection::kNone;
  const bool opens = kind != RouteTable::Connection::kNone && request.method == "GET";
  std::optional<HttpResponse> response;
  if (door_ == Door::kInbound && shard_.admission().asks_for_addresses()) {
    const auto client = shard_.admission().client_of(socket_.native_handle(), request.headers);
    request.client_address = client.bytes();
    response = co_await admit(client, opens);
  }
  if (door_ == Door::kApi && !match_.open && !shard_.context().access.managing_is_open())
    response = co_await refuse_management(shard_.context().access, std::as_const(request));
  if (kind == RouteTable::Connection::kWebSocket && !response) {
    const auto handshake = check_ws_handshake(request, {});
    if (!handshake) response = handshake.error();
  }
  if (opens && !response) {
    auto wanted = co_await read_wanted(std::as_const(request));
    response = open_connection(kind, request, extra, std::move(wanted));
    if (!response) co_return false;
    slot_->hold(nullptr);
  }
  if (kind == RouteTable::Connection::kSse && !response) {  // HEAD
    const bool written =
        co_await write(write_stream_head(stream_response(extra), request.version, shard_.date()));
    co_return written&& framing.keep_alive&& request.version >= 11;
  }
  if (!response) response = co_await respond(std::move(request));
  for (std::size_t i = 0; i < extra.size(); ++i)
    response->headers.add(extra[i].name, extra[i].value);

  framing.keep_alive = framing.keep_alive && !shard_.is_draining();
  const bool written = co_await write(write_response(*response, framing, shard_.date()));
  co_return written&& framing.keep_alive;
}

Task<std::optional<HttpResponse>> HttpSession::admit(Address client, bool opens_connection) {
  const Ref admission(shard_.admission());
  auto refusal = co_await Admission::admit_request(admission, client);
  if (refusal || !opens_connection) co_return refusal;
  auto placed = co_await Admission::place_connection(admission, client);
  slot_->hold(std::move(placed.place));
  co_return placed.refusal;
}

Task<HttpResponse> HttpSession::respond(HttpRequest request) {
  switch (match_.kind) {
    case RouteTable::Match::Kind::kNotFound: co_return HttpResponse::error(404, "Not Found");
    case RouteTable::Match::Kind::kWrongMethod: co_return wrong_method(match_);
    case RouteTable::Match::Kind::kOptions:
      co_return options_response(match_, door_ == Door::kInbound);
    case RouteTable::Match::Kind::kFound: break;
  }
  std::string failure;
  try {
    co_return co_await match_.target.endpoint->handle(std::move(request));
  } catch (const std::exception& error) {
    failure = error.what();
  }
  note_unexpected_error("http endpoint", failure);
  co_return HttpResponse::error(500, "Internal server error");
}

Task<HttpSession::Wanted> HttpSession::read_wanted(Ref<const HttpRequest> request) {
  auto parsed = parse_stream_request(*request, shard_.subscriptions());
  if (!parsed) co_return HttpResponse::text(400, parsed.error());
  co_return co_await authorize_opening(shard_.context(), request, *std::move(parsed));
}

std::optional<HttpResponse> HttpSession::open_connection(RouteTable::Connection kind,
                                                         const HttpRequest& request,
                                                         const Headers& extra, Wanted wanted) {
  wanted = admitted(std::move(wanted));
  if (kind == RouteTable::Connection::kWebSocket)
    return open_websocket(request, extra, std::move(wanted));
  if (!wanted) return std::move(wanted).error();
  auto stream = std::make_unique<SseConnection>(shard_, std::move(*slot_), std::move(socket_),
                                                request.version);
  SseConnection& opened = *stream;
  shard_.add(std::move(stream));
  opened.open(write_stream_head(stream_response(extra), request.version, shard_.date()),
              *std::move(wanted));
  return std::nullopt;
}

std::optional<HttpResponse> HttpSession::open_websocket(const HttpRequest& request,
                                                        const Headers& extra, Wanted wanted) {
  const auto handshake = check_ws_handshake(request, {.deflate = shard_.config().ws_deflate});
  if (!handshake) return handshake.error();
  if (!wanted && !shard_.config().ws_accepts_refused) return std::move(wanted).error();
  const bool with_cursors = wanted && wanted->wants_cursors;
  auto socket = std::make_unique<WsConnection>(shard_, std::move(*slot_), std::move(socket_),
                                               handshake->deflate(), with_cursors);
  WsConnection& opened = *socket;
  shard_.add(std::move(socket));
  std::string head = write_ws_head(*handshake, extra, shard_.date());
  if (!wanted) {
    opened.refuse(std::move(head), wanted.error().body);
    return std::nullopt;
  }
  opened.open(std::move(head), *std::move(wanted));
  if (!kept_.empty()) opened.received(kept_);
  return std::nullopt;
}

/// The last look before it opens: what may have changed since it was asked, and who is one too
/// many.
HttpSession::Wanted HttpSession::admitted(Wanted wanted) {
  if (!wanted) return wanted;
  if (shard_.is_draining()) return HttpResponse::error(503, "This node is stopping.");
  if (is_ended(shard_.sessions(), wanted->identity.get())) return session_ended(shard_);
  if (auto refusal = shard_.admission().admit_connection()) return *std::move(refusal);
  return wanted;
}

Task<bool> HttpSession::write(std::string bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto written = write_now(socket_.native_handle(), std::array{rest});
    if (written.peer_is_gone) co_return false;
    rest.remove_prefix(written.bytes);
    if (rest.empty()) break;
    const bool writable = co_await wait(Socket::Wait::kWrite, shard_.config().body_timeout);
    if (!writable) co_return false;
  }
  co_return true;
}

Task<> HttpSession::refuse(int status, std::string message) {
  shard_.metrics().bad_requests.add();
  RIG_LOG(kDebug, "refused a request", {"door", name_of(door_)}, {"status", status},
          {"reason", message});
  auto response = HttpResponse::error(status, message);
  const Headers unknown;  // the request was not understood: nothing of it is used
  if (door_ == Door::kInbound) shard_.context().cors.add_to(response.headers, unknown);
  const ResponseFraming framing{11, false, true};
  const bool written = co_await write(write_response(response, framing, shard_.date()));
  if (written) co_await linger();
}

Task<> HttpSession::linger() {
  socket_.shutdown_send();
  const auto until = steady_clock::now() + kLingerMax;
  for (std::size_t dropped = 0; dropped < kLingerBytesMax;) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    if (left <= milliseconds(0) || shard_.is_draining()) co_return;
    const bool readable = co_await wait(Socket::Wait::kRead, left);
    if (!readable) co_return;
    const auto received = socket_.receive(shard_.scratch());
    if (received.peer_is_gone) co_return;
    dropped += received.bytes;
  }
}

}  // namespace rig::transport
