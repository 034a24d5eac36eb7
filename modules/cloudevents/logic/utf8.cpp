#include "logic/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace rig::cloudevents {
namespace {

/// What the first byte of a multi-byte sequence says about the rest (table 3-7 of the Unicode
/// Standard). `second_min` and `second_max` are where overlong forms and surrogates are cut off.
struct LeadByte {
  std::size_t length = 0;  // 0: not the first byte of a sequence
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xBF;
};

LeadByte lead_byte(unsigned char byte) noexcept {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

unsigned char byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<unsigned char>(text[i]);
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) noexcept {
  if (byte_at(text, 0) < 0x80) return 1;
  const LeadByte lead = lead_byte(byte_at(text, 0));
  if (lead.length == 0 || text.size() < lead.length) return 0;
  if (byte_at(text, 1) < lead.second_min || byte_at(text, 1) > lead.second_max) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80) return 0;
  }
  return lead.length;
}

bool is_utf8(std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  while (!text.empty()) {
    // Most text is ASCII: eight bytes at a time.
    if (std::uint64_t block = 0; text.size() >= sizeof block) {
      std::memcpy(&block, text.data(), sizeof block);
      if ((block & kHighBits) == 0) {
        text.remove_prefix(sizeof block);
        continue;
      }
    }
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool has_control_character(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = byte_at(text, i);
    if (byte < 0x20 || byte == 0x7F) return true;
    // U+0080 to U+009F are C2 80 to C2 9F.
    if (byte == 0xC2 && i + 1 < text.size() && byte_at(text, i + 1) < 0xA0) return true;
  }
  return false;
}

}  // namespace rig::cloudevents
