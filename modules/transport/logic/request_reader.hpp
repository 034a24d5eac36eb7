#pragma once

#include "config.hpp"

#include <rig/transport/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// Bytes of a connection → requests (RFC 9112), on Beast's parser. A pure function of the bytes fed
/// so far; whoever reads the socket keeps what was not consumed and gives it again with more behind
/// it.
class RequestReader {
 public:
  enum class State : std::uint8_t {
    kNeedMore,
    kHead,      ///< only after `pause_at_head`: the head is there, and a body is to come
    kComplete,  ///< `take()` has it
    kFailed,    ///< `failure()` says how to answer; the connection cannot go on
  };
  struct Progress {
    State state;
    std::size_t consumed;
  };
  struct Failure {
    int status;
    std::string message;
  };

  explicit RequestReader(const RequestLimits& limits);
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;

  Progress feed(std::string_view bytes);

  /// Each request that has a body waits for a decision about it: `collect` or `pass_on`.
  void pause_at_head() { pauses_at_head_ = true; }
  /// The body becomes a part of the request. False if it is too large; `failure()` says how to
  /// answer.
  [[nodiscard]] bool collect();
  /// The body, of any size, comes in pieces: `take_piece` has what was fed since it was called
  /// last.
  void pass_on();
  [[nodiscard]] std::string take_piece();
  /// What stood behind a chunked body that is passed on and complete. Only while it is not taken.
  [[nodiscard]] const Headers& trailers() const;
  /// The request without its body, which may still come. Only while it is not taken.
  [[nodiscard]] const HttpRequest& head() const;
  /// A body is still to come. Only while it is not taken.
  [[nodiscard]] bool has_body() const;
  /// Whether the client wants to go on after it. Only while it is not taken.
  [[nodiscard]] bool keep_alive() const;
  /// Nothing: it is chunked, so nobody knows. Only while the request is not taken.
  [[nodiscard]] std::optional<std::uint64_t> body_length() const;

  [[nodiscard]] bool head_is_complete() const;
  /// The client waits for `100 Continue` before it sends its body (RFC 9110, 10.1.1).
  [[nodiscard]] bool expects_continue() const;
  /// The request; the reader is ready for the next one.
  HttpRequest take();
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  class Parser;
  Progress fail(std::size_t consumed, int status, std::string message);
  Progress put(std::string_view bytes, std::size_t consumed);

  RequestLimits limits_;
  bool pauses_at_head_ = false;
  std::unique_ptr<Parser> parser_;
  Failure failure_{400, ""};
};

}  // namespace rig::transport
