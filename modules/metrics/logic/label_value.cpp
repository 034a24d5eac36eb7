#include "logic/label_value.hpp"

#include <cstdint>

namespace rig::metrics {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Bytes of the well-formed character at the front of `text` (Unicode, table 3-7); 0 if there is
/// none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;

  // The second byte has a narrower range behind four lead bytes: no overlong forms, no surrogates,
  // nothing above U+10FFFF.
  const std::uint8_t second_min = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t second_max = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < second_min || byte(1) > second_max) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return size;
}

bool is_control(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::string safe_label_value(std::string_view value) {
  std::string safe;
  safe.reserve(value.size() < kLabelValueBytesMax ? value.size() : kLabelValueBytesMax);
  while (!value.empty()) {
    const std::size_t size = character_size(value);
    const bool replaced = size == 0 || is_control(value.front());
    const std::string_view next = replaced ? kReplacement : value.substr(0, size);
    if (safe.size() + next.size() > kLabelValueBytesMax) break;
    safe += next;
    value.remove_prefix(size == 0 ? 1 : size);
  }
  return safe;
}

}  // namespace rig::metrics
