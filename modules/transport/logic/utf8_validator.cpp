#include "logic/utf8_validator.hpp"

#include <cstddef>
#include <cstring>

namespace rig::transport {

/// What the first byte of a character says about the rest (table 3-7 of the Unicode Standard). The
/// limits of the second byte are where overlong forms, surrogates and what lies beyond U+10FFFF are
/// cut off.
bool Utf8Validator::start(unsigned char byte) noexcept {
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) next_min_ = 0xA0;
  if (byte == 0xED) next_max_ = 0x9F;
  if (byte == 0xF0) next_min_ = 0x90;
  if (byte == 0xF4) next_max_ = 0x8F;
  return true;
}

bool Utf8Validator::feed(std::string_view piece) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  while (!piece.empty()) {
    // Most text is ASCII: eight bytes at a time.
    if (std::uint64_t block = 0; missing_ == 0 && piece.size() >= sizeof block) {
      std::memcpy(&block, piece.data(), sizeof block);
      if ((block & kHighBits) == 0) {
        piece.remove_prefix(sizeof block);
        continue;
      }
    }
    const auto byte = static_cast<unsigned char>(piece.front());
    piece.remove_prefix(1);
    if (missing_ == 0) {
      if (!start(byte)) return false;
      continue;
    }
    if (byte < next_min_ || byte > next_max_) return false;
    --missing_;
    next_min_ = 0x80;
    next_max_ = 0xBF;
  }
  return true;
}

}  // namespace rig::transport
