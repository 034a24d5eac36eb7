#include <rig/core/escape.hpp>

namespace rig::core {
namespace {

constexpr std::size_t kShownBytesMax = 120;

constexpr unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// ASCII controls, DEL, and the C1 controls, which some terminals obey in their two-byte form.
bool is_control(std::string_view character) {
  const unsigned char first = byte_at(character, 0);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && byte_at(character, 1) < 0xa0);
}

void append_hex(std::string& out, std::string_view prefix, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append(prefix);
  out.push_back(kDigits[byte >> 4]);
  out.push_back(kDigits[byte & 15]);
}

void append_control(std::string& out, std::string_view character) {
  switch (character[0]) {
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    default: break;
  }
  for (std::size_t i = 0; i < character.size(); ++i) append_hex(out, "\\x", byte_at(character, i));
}

/// Calls `each(character, is_valid)` for the characters of `text`; a byte that is no part of a
/// valid one comes alone.
template <class Each>
void for_each_character(std::string_view text, Each each) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    each(text.substr(0, length == 0 ? 1 : length), length != 0);
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4U : first >= 0xe0 ? 3U : 2U;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte_at(text, 1);
  // Overlong forms, surrogates, and what lies beyond U+10FFFF (RFC 3629, section 4).
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  // At most three steps back: to the first byte of the character that the limit falls into.
  while (end > 0 && bytes_max - end < 3 && (byte_at(text, end) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

bool is_printable(std::string_view text) {
  bool printable = true;
  for_each_character(text, [&](std::string_view character, bool is_valid) {
    if (!is_valid || is_control(character)) printable = false;
  });
  return printable;
}

void append_escaped(std::string& out, std::string_view text) {
  for_each_character(text, [&](std::string_view character, bool is_valid) {
    if (!is_valid) {
      append_hex(out, "\\x", byte_at(character, 0));
    } else if (is_control(character)) {
      append_control(out, character);
    } else {
      out.append(character);
    }
  });
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for_each_character(text, [&](std::string_view character, bool) {
    if (character == "\"" || character == "\\") out.push_back('\\');
    append_escaped(out, character);
  });
  out.push_back('"');
}

std::string in_quotes(std::string_view text) {
  std::string out;
  const std::string_view shown = cut(text, kShownBytesMax);
  append_quoted(out, shown);
  if (shown.size() < text.size()) out.insert(out.size() - 1, "…");
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for_each_character(text, [&](std::string_view character, bool is_valid) {
    const unsigned char first = byte_at(character, 0);
    if (!is_valid) {
      out.append("\\ufffd");
    } else if (first == '"' || first == '\\') {
      out.push_back('\\');
      out.append(character);
    } else if (first == '\n' || first == '\r' || first == '\t') {
      append_control(out, character);
    } else if (first < 0x20 || first == 0x7f) {
      append_hex(out, "\\u00", first);
    } else {
      out.append(character);
    }
  });
  out.push_back('"');
}

}  // namespace rig::core
