#pragma once

#include <cstdint>
#include <string_view>

namespace rig::transport {

/// Checks UTF-8 that comes in pieces (RFC 3629: no overlong forms, no surrogates, nothing above
/// U+10FFFF). Three bytes of state.
class Utf8Validator {
 public:
  /// False as soon as a byte cannot be part of valid UTF-8; the validator is of no use afterwards.
  [[nodiscard]] bool feed(std::string_view piece) noexcept;
  /// The text does not end within a character.
  [[nodiscard]] bool is_complete() const noexcept { return missing_ == 0; }

 private:
  [[nodiscard]] bool start(unsigned char byte) noexcept;

  std::uint8_t missing_ = 0;      // bytes that the current character still needs
  std::uint8_t next_min_ = 0x80;  // what the next of them may be
  std::uint8_t next_max_ = 0xBF;
};

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
  Utf8Validator validator;
  return validator.feed(text) && validator.is_complete();
}

}  // namespace rig::transport
