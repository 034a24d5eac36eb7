#pragma once

#include "io/http_target.hpp"

#include <rig/core/timer_wheel.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rig::proxy {

/// One exchange under way. Lives in the frame of its coroutine.
///
/// Most answers come soon, so the exchange begins alone: it sends, and reads. Only if that takes
/// longer than a tick of the timers, or if the client is still sending, it gets company: a second
/// coroutine that carries the client's body upwards and then watches whether the client leaves.
class Forwarding {
 public:
  Forwarding(UpstreamPool& pool, const HttpTargetConfig& config, transport::Exchange& exchange,
             RequestBody& body, const OutgoingRequest& request, AnswerRules& rules);

  static Task<> run(Ref<Forwarding> self);
  [[nodiscard]] Forwarded take_result() noexcept;

 private:
  using Outcome = Forwarded::Outcome;
  using Clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;
  enum class Step : std::uint8_t {
    kGoesOn,
    kInform,  // the client gets an interim answer
    kSwitch,  // or one that ends HTTP
    kUpgrade,
    kWantsCompany,
    kDone,
  };

  struct TotalTimer final : TimerWheel::Timer {
    explicit TotalTimer(Forwarding& of);
    Forwarding& forwarding;
  };

  // What the request says, or else the configuration.
  [[nodiscard]] milliseconds first_byte_timeout() const noexcept;
  [[nodiscard]] milliseconds idle_timeout() const noexcept;
  [[nodiscard]] milliseconds stream_timeout() const noexcept;
  [[nodiscard]] milliseconds total_timeout() const noexcept;

  // Its way to a connection.
  [[nodiscard]] bool enters_at_once();
  static Task<bool> find_place(Ref<Forwarding> self);
  static Task<bool> dial(Ref<Forwarding> self);
  static Task<> attempt(Ref<Forwarding> self);
  [[nodiscard]] bool was_stale() const noexcept;
  void begin_anew();

  // Upwards.
  [[nodiscard]] UpstreamConnection::Written begin_request();
  static Task<UpstreamConnection::Written> finish_sending(Ref<Forwarding> self);
  static Task<bool> send(Ref<Forwarding> self, UpstreamConnection::Written so_far);
  static Task<> send_body(Ref<Forwarding> self);
  [[nodiscard]] std::string last_chunk() const;
  static Task<> accompany(Ref<Forwarding> self);
  void note_client_failure(transport::Exchange::Failure failure);

  // Downwards.
  static Task<Step> receive(Ref<Forwarding> self, bool is_alone);
  static Task<Step> take(Ref<Forwarding> self);
  Step take_head();
  Step start_answer();
  static Task<Step> inform(Ref<Forwarding> self);
  static Task<Step> switch_protocols(Ref<Forwarding> self);
  static Task<Step> take_body(Ref<Forwarding> self);
  static Task<Step> take_peeked(Ref<Forwarding> self);
  static Task<Step> finish_answer(Ref<Forwarding> self);
  static Task<Step> take_end(Ref<Forwarding> self, UpstreamConnection::Read end);
  static Task<bool> write_down(Ref<Forwarding> self);
  [[nodiscard]] bool is_head_due(bool is_alone) const noexcept;
  static Task<bool> flush_head(Ref<Forwarding> self);
  static Task<Step> receive_in_company(Ref<Forwarding> self);
  static Task<Step> receive_safely(Ref<Forwarding> self);
  Step after_silence(bool is_alone);
  void gather_body() noexcept;
  void keep_rest();
  void take_kept();
  [[nodiscard]] milliseconds patience(bool is_alone) const;

  // An upgraded connection.
  static Task<> tunnel(Ref<Forwarding> self);
  static Task<> tunnel_up(Ref<Forwarding> self);
  static Task<> tunnel_down(Ref<Forwarding> self);

  void fail(Outcome outcome, std::string reason);
  [[nodiscard]] UpstreamConnection& connection() const noexcept { return place_->connection(); }

  UpstreamPool& pool_;
  const HttpTargetConfig& config_;
  transport::Exchange& exchange_;
  RequestBody& body_;
  const OutgoingRequest& request_;
  AnswerRules& rules_;
  std::optional<UpstreamPool::Place> place_;
  TotalTimer total_timer_{*this};

  ResponseReader head_reader_;
  ResponseHead head_;
  BodyReader body_reader_;
  std::string kept_;          // received, and to be read again with more behind it
  std::string held_;          // what was kept, while it is read
  std::span<char> received_;  // what is to be read now: of the connection, or in `held_`
  std::string_view piece_;    // of the answer's body, on its way to the client
  Clock::time_point sent_;    // when the backend began to get the request
  Clock::time_point moved_;   // when it last got or gave something
  milliseconds silence_max_;

  Forwarded result_;
  std::exception_ptr unexpected_;
  bool is_reused_ = false;  // the connection was kept, so its peer may have left it
  bool has_sent_ = false;   // something of the request
  bool has_sent_all_ = false;
  bool has_head_ = false;     // of the final answer
  bool has_started_ = false;  // the client may have something of it
  bool takes_body_ = true;    // it is handed to the client
  bool holds_head_ = false;   // the transport waits for the first piece of the body
  bool is_body_bad_ = false;  // the answer's
  bool is_peeking_ = false;   // what the client does not take stays in the backend's socket
  bool can_stay_ = false;     // the connection is good for another request
  bool has_failed_ = false;
  bool is_total_over_ = false;
};

}  // namespace rig::proxy
