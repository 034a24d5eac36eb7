#pragma once

#include "logic/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rig::proxy {

struct FieldLimits {
  std::size_t bytes_max = std::size_t{64} * 1024;  ///< of all lines together
  std::size_t fields_max = 256;
};

/// Lines that end with CRLF, one at a time, from bytes that come in pieces. A pure function of the
/// bytes; the caller keeps what was not consumed and gives it again with more behind it. Each byte
/// is looked at once. A bare CR or LF is refused (RFC 9112, 2.2).
class LineReader {
 public:
  enum class State : std::uint8_t { kNeedMore, kLine, kBad, kTooLong };
  struct Step {
    State state;
    std::size_t consumed = 0;  ///< the line and its end
    std::string_view line = {};
  };
  /// `bytes_max`: of the line without its end.
  Step next(std::string_view bytes, std::size_t bytes_max);

 private:
  std::size_t searched_ = 0;
};

/// Header or trailer lines up to the empty line behind them (RFC 9112, 5). Refused are folded
/// lines, blanks before the colon, names that are no tokens and control characters.
class FieldReader {
 public:
  enum class State : std::uint8_t { kNeedMore, kComplete, kFailed };
  struct Progress {
    State state;
    std::size_t consumed = 0;
  };

  explicit FieldReader(FieldLimits limits) : limits_(limits) {}

  Progress feed(std::string_view bytes);

  [[nodiscard]] Headers& fields() noexcept { return fields_; }
  [[nodiscard]] BadMessage failure() const noexcept { return failure_; }
  /// What was read so far, beyond which a head cannot grow.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  void count(std::size_t bytes) noexcept { bytes_ += bytes; }  ///< the line before the fields

 private:
  bool take_line(std::string_view line);

  FieldLimits limits_;
  LineReader lines_;
  Headers fields_;
  std::size_t bytes_ = 0;
  BadMessage failure_{""};
};

}  // namespace rig::proxy
