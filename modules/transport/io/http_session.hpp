#pragma once

#include "io/transport_shard.hpp"
#include "logic/request_reader.hpp"
#include "logic/route_table.hpp"
#include "logic/stream_request.hpp"

#include <rig/core/timer_wheel.hpp>
#include <rig/transport/exchange.hpp>

#include <optional>
#include <string>

namespace rig::transport {

class HttpExchange;

/// One HTTP/1.1 connection: reads requests one after the other, has them answered, and hands its
/// socket over when one of them opens an event stream. Lives in the coroutine of `serve_http`.
class HttpSession : public TransportShard::Hook {
 public:
  HttpSession(TransportShard& shard, Socket socket, Door door);
  ~HttpSession();

  Task<> run();
  /// Answers with an error and ends.
  Task<> refuse(int status, std::string message);
  void close_if_idle();
  void close();

 private:
  enum class Read : std::uint8_t { kRequest, kHead, kClosed, kRefused };
  struct Timeout : TimerWheel::Timer {
    explicit Timeout(HttpSession& of);
    HttpSession& session;
  };

  Task<Read> read_request();
  RequestReader::State feed_received(std::size_t size);
  RequestReader::State feed_kept();
  [[nodiscard]] std::chrono::milliseconds read_timeout() const;
  Task<bool> wait(Socket::Wait what, std::chrono::milliseconds at_most);
  /// The requests that no route is for go to the fallback, if there is one.
  [[nodiscard]] bool is_for_fallback() const noexcept;
  Task<bool> pass_on();
  [[nodiscard]] const Peer& peer();
  Task<std::optional<HttpResponse>> ask_fallback(Ref<HttpExchange> exchange);
  Task<bool> answer(HttpRequest request);
  /// What the limits per address say to a request; nothing: it may go on.
  Task<std::optional<HttpResponse>> admit(Address client, bool opens_connection);
  Task<HttpResponse> respond(HttpRequest request);
  /// What stands in each answer of the gateway itself.
  [[nodiscard]] Headers own_headers(const HttpRequest& request);
  using Wanted = boost::system::result<StreamRequest, HttpResponse>;

  /// What the client wants and may have, or why not.
  Task<Wanted> read_wanted(Ref<const HttpRequest> request);
  /// Hands the socket over to a long-lived connection; a response says why not.
  std::optional<HttpResponse> open_connection(RouteTable::Connection kind,
                                              const HttpRequest& request, const Headers& extra,
                                              Wanted wanted);
  std::optional<HttpResponse> open_websocket(const HttpRequest& request, const Headers& extra,
                                             Wanted wanted);
  Wanted admitted(Wanted wanted);
  Task<bool> write(std::string bytes);
  Task<> linger();
  void close_wait() noexcept;

  TransportShard& shard_;
  std::optional<TransportShard::Slot> slot_;
  Socket socket_;
  Door door_;
  RequestReader reader_;
  RouteTable::Match match_;  // of the request whose head was read last
  std::string kept_;         // received and not consumed
  Timeout timeout_{*this};
  std::chrono::steady_clock::time_point request_began_;
  std::optional<Peer> peer_;    // once somebody has asked
  bool is_in_request_ = false;  // at least one byte of the next request is here
  bool is_waiting_for_request_ = false;
  bool has_continued_ = false;
  bool has_looked_ = false;  // for the first bytes, without waiting for them
  bool is_timed_out_ = false;
};

/// Serves a connection until it ends.
Task<> serve_http(Ref<TransportShard> shard, Socket socket, Door door);

}  // namespace rig::transport
