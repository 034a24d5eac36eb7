#pragma once

#include "io/socket.hpp"
#include "io/transport_shard.hpp"
#include "logic/request_reader.hpp"

#include <rig/core/timer_wheel.hpp>
#include <rig/transport/exchange.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace rig::transport {

/// An exchange on a connection of HTTP/1.1. Lives in the coroutine of its `HttpSession`, whose
/// socket and reader it uses.
class HttpExchange final : public Exchange {
 public:
  /// `kept`: what was received and not consumed. The reader has a head.
  HttpExchange(TransportShard& shard, Socket& socket, RequestReader& reader, std::string& kept,
               const Peer& peer);

  /// Nothing was answered yet.
  [[nodiscard]] bool is_untouched() const noexcept { return answer_ == Answer::kNone; }
  /// Some of the request has not been read, or has not come yet.
  [[nodiscard]] bool has_rest() const noexcept { return !is_body_complete_; }
  /// Both are complete, so that the connection may go on.
  [[nodiscard]] bool is_complete() const noexcept {
    return is_body_complete_ && answer_ == Answer::kComplete && keeps_alive_;
  }
  /// The answer is, but the client may still be sending.
  [[nodiscard]] bool is_answered() const noexcept { return answer_ == Answer::kComplete; }

  [[nodiscard]] const HttpRequest& request() const noexcept override { return reader_.head(); }
  [[nodiscard]] const Peer& peer() const noexcept override { return peer_; }
  [[nodiscard]] std::string counted_address() const override;
  [[nodiscard]] bool has_body() const noexcept override { return has_body_; }
  [[nodiscard]] std::optional<std::uint64_t> body_length() const noexcept override {
    return reader_.body_length();
  }
  Task<boost::system::result<std::string_view, Failure>> read() override;
  [[nodiscard]] const Headers& trailers() const noexcept override { return reader_.trailers(); }
  Task<bool> inform(HttpResponse head) override;
  void start(HttpResponse head, BodyFraming framing) override;
  Task<bool> write(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view piece) override;
  void add_trailers(const Headers& trailers) override;
  std::optional<std::size_t> write_some(std::string_view piece) override;
  Task<bool> wait_to_write() override;
  Task<bool> finish(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view piece) override;
  Task<bool> switch_protocols(HttpResponse head) override;
  void abort() noexcept override;
  Task<> client_left() override;

 private:
  enum class Answer : std::uint8_t { kNone, kStarted, kComplete, kAborted };
  enum class Fed : std::uint8_t { kMore, kPiece, kEnd, kInvalid };
  using Pieces = std::array<std::string_view, 4>;

  /// Ends the waits of one direction, or both, when nothing moves.
  struct Timeout : TimerWheel::Timer {
    explicit Timeout(Socket& of);
    Socket& socket;
    bool has_fired = false;
  };

  Fed feed();
  Task<bool> continue_first();
  Task<bool> wait(Socket::Wait what, Ref<Timeout> timeout);
  class Wire;
  enum class Sent : std::uint8_t { kAll, kSome, kNever };
  [[nodiscard]] bool count(std::string_view piece) noexcept;
  /// What is sent is taken off the pieces.
  [[nodiscard]] Sent send_now(Pieces& pieces) noexcept;
  Task<bool> send_rest(Ref<const Pieces> pieces);
  Task<bool> send(std::string bytes);

  TransportShard& shard_;
  Socket& socket_;
  RequestReader& reader_;
  std::string& kept_;
  const Peer& peer_;
  std::string piece_;
  std::string head_;      // of the answer, until the first piece comes
  std::string trailers_;  // its lines, if there are any
  Timeout read_timeout_{socket_};
  Timeout write_timeout_{socket_};
  std::uint64_t left_ = 0;  // of the answer's body
  BodyFraming::Kind framing_ = BodyFraming::Kind::kNone;
  Answer answer_ = Answer::kNone;
  bool has_body_;
  bool is_body_complete_;
  bool has_continued_ = false;
  bool is_switched_ = false;
  bool keeps_alive_ = true;
};

}  // namespace rig::transport
