#pragma once

#include "logic/body_reader.hpp"
#include "logic/field_reader.hpp"
#include "logic/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rig::proxy {

/// The head of an answer.
struct ResponseHead {
  int status = 0;    ///< 100 to 599
  int version = 11;  ///< 10 or 11
  std::string reason;
  Headers headers;
  Framing framing;
  bool keep_alive = false;  ///< the connection is good for another request after the body

  /// An interim answer (RFC 9110, 15.2): the next head follows. 101 is a final one.
  [[nodiscard]] bool is_interim() const noexcept { return status < 200 && status != 101; }
};

/// Bytes of an upstream connection → the head of its answer (RFC 9112, 4 and 5). A pure function of
/// the bytes; the caller keeps what was not consumed and gives it again with more behind it. The
/// body is read by a BodyReader with the head's framing.
class ResponseReader {
 public:
  enum class State : std::uint8_t {
    kNeedMore,
    kComplete,  ///< `take()` has it
    kFailed,    ///< see `failure()`; the answer is 502 and the connection cannot go on
  };
  struct Progress {
    State state;
    std::size_t consumed = 0;
  };

  /// `is_head`: the request's method was HEAD. `interim_max`: interim answers before the final one.
  explicit ResponseReader(bool is_head, FieldLimits limits = {}, int interim_max = 8);

  Progress feed(std::string_view bytes);
  /// After an interim answer the reader is ready for the next.
  ResponseHead take();
  [[nodiscard]] BadMessage failure() const noexcept { return failure_; }
  /// Nothing has come yet: an idle connection that ends now was stale, and the request was not
  /// answered by halves.
  [[nodiscard]] bool is_untouched() const noexcept { return !has_begun_; }

 private:
  Progress fail(std::size_t consumed, std::string_view reason);
  bool take_status_line(std::string_view line);
  bool complete();

  bool is_head_;
  FieldLimits limits_;
  int interim_left_;
  bool has_begun_ = false;
  bool has_status_ = false;
  LineReader lines_;
  FieldReader fields_;
  ResponseHead head_;
  BadMessage failure_{""};
};

}  // namespace rig::proxy
