#pragma once

#include "config.hpp"

#include <rig/transport/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
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

  [[nodiscard]] bool head_is_complete() const;
  /// The client waits for `100 Continue` before it sends its body (RFC 9110, 10.1.1).
  [[nodiscard]] bool expects_continue() const;
  /// The request; the reader is ready for the next one.
  HttpRequest take();
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  class Parser;
  Progress fail(std::size_t consumed, int status, std::string message);
  void start();

  RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
  Failure failure_{400, ""};
};

}  // namespace rig::transport
