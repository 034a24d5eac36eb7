#pragma once

#include "io/http_target_config.hpp"
#include "io/server.hpp"
#include "io/upstream_pool.hpp"
#include "logic/header_rules.hpp"
#include "logic/response_reader.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/transport/exchange.hpp>
#include <rig/transport/http_message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

/// What is sent to a backend, but the body, which comes from the client.
struct OutgoingRequest {
  Server server;
  /// Complete with its empty line, without `expect`. A body of unknown length is announced by
  /// `transfer-encoding: chunked`, any other by the length that the client gave.
  std::string head;
  bool is_head = false;        ///< its method is HEAD
  bool is_idempotent = false;  ///< RFC 9110, 9.2.2
  bool is_upgrade = false;     ///< it asks for another protocol, so 101 is an answer to it
  Timeouts timeouts = {};      ///< where they are not those of the configuration
  /// How the client's trailers are handed on; nothing: they are not.
  std::optional<TrailerRules> trailers = {};
};

/// The body of a client's request on its way: what has been read of it and may have to be sent
/// again. One for each exchange, whatever number of backends are tried.
class RequestBody {
 public:
  explicit RequestBody(transport::Exchange& exchange)
      : exchange_(exchange), is_complete_(!exchange.has_body()) {}

  /// The next piece; empty at the end, or if there is a `failure`.
  static Task<std::string_view> read(Ref<RequestBody> self);
  /// Waits for the beginning of a body whose length is known: mostly that is all of it.
  static Task<> read_first(Ref<RequestBody> self);

  [[nodiscard]] std::string_view first() const noexcept { return first_; }
  [[nodiscard]] bool is_chunked() const noexcept {
    return exchange_.has_body() && !exchange_.body_length();
  }
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
  /// Nothing of it is lost if it is sent from the start.
  [[nodiscard]] bool is_at_start() const noexcept { return is_at_start_; }
  [[nodiscard]] std::optional<transport::Exchange::Failure> failure() const noexcept {
    return failure_;
  }

 private:
  transport::Exchange& exchange_;
  std::string_view first_;
  std::uint64_t size_ = 0;
  bool is_complete_;
  bool is_at_start_ = true;
  std::optional<transport::Exchange::Failure> failure_;
};

/// What the caller of `HttpTarget::forward` does with heads: hop-by-hop fields, transforms.
class AnswerRules {
 public:
  /// The head for the client; nothing: the answer is thrown away, and the caller gives another.
  virtual std::optional<transport::HttpResponse> relayed(ResponseHead& head) = 0;
  /// The same of an interim answer, or of 101; nothing: it is not passed on. A 101 must be.
  virtual std::optional<transport::HttpResponse> interim(ResponseHead& head) = 0;
  /// The trailers for the client, of those that a backend may send.
  virtual Headers trailers(const Headers& sent) = 0;

 protected:
  ~AnswerRules() = default;
};

/// What came of an exchange.
struct Forwarded {
  enum class Outcome : std::uint8_t {
    kRelayed,    ///< the client has all of the answer, or of the upgraded connection
    kDiscarded,  ///< `relayed` did not want it; nothing was answered
    // Nothing was answered: `failure_response` has what fits.
    kUnreachable,
    kRequestTimeout,
    kBusy,        ///< no connection to the backend was free in time
    kNoTarget,    ///< all backends are left alone for a while, as they fail
    kOverLimit,   ///< as many requests are under way as the API may have
    kBadRequest,  ///< what came from the client is no body
    kRequestTooSlow,
    // Nothing can be answered any more.
    kClientLeft,
    kCut,  ///< the backend failed in the middle of the answer, and the client sees that
  };
  Outcome outcome = Outcome::kUnreachable;
  int status = 0;              ///< of the backend's answer; 0: none came
  std::uint64_t bytes_up = 0;  ///< of the body
  std::uint64_t bytes_down = 0;
  std::chrono::microseconds upstream_time{0};  ///< from the request to the head of the answer
  std::string server;                          ///< for the log, of a failure or of several
  std::string reason;                          ///< the same
  /// Another backend may be tried: this one has seen nothing of it, or may see it twice.
  bool can_be_sent_again = false;
  std::chrono::seconds retry_after{1};  ///< when it may go better, of those that are 503
};

/// The answer to the client for an outcome that left it without one.
[[nodiscard]] transport::HttpResponse failure_response(const Forwarded& forwarded);

/// Forwards exchanges to HTTP backends. One per shard.
class HttpTarget {
 public:
  HttpTarget(Executor executor, Shards& shards, const http_client::TlsContexts& contexts,
             HttpTargetConfig config, metrics::Gauge& open_connections)
      : config_(config), pool_(executor, shards, contexts, config_, open_connections) {}

  /// Never throws for what the backend or the client does. Cancelling it breaks the connection.
  static Task<Forwarded> forward(Ref<HttpTarget> self, Ref<transport::Exchange> exchange,
                                 Ref<RequestBody> body, Ref<const OutgoingRequest> request,
                                 Ref<AnswerRules> rules);
  /// Breaks what is under way, and returns when it has ended. Before the target is destroyed.
  static Task<> stop(Ref<HttpTarget> self) { return UpstreamPool::stop(self->pool_); }

  [[nodiscard]] const HttpTargetConfig& config() const noexcept { return config_; }
  [[nodiscard]] UpstreamPool& pool() noexcept { return pool_; }

 private:
  HttpTargetConfig config_;
  UpstreamPool pool_;
};

}  // namespace rig::proxy
