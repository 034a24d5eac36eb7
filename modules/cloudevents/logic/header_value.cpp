#include "logic/header_value.hpp"

#include <cstddef>
#include <optional>

namespace rig::cloudevents {
namespace {

/// The text of a quoted string (RFC 9110 section 5.6.4); nothing if `value` is not one from its
/// first to its last character.
std::optional<std::string> unquote(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == '"') {
      if (i + 1 != value.size()) return std::nullopt;
      return text;
    }
    if (value[i] == '\\') ++i;
    if (i < value.size()) text += value[i];
  }
  return std::nullopt;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

}  // namespace

std::string decode_header_value(std::string_view value) {
  const std::optional<std::string> unquoted = unquote(value);
  return percent_decode(unquoted ? std::string_view(*unquoted) : value);
}

}  // namespace rig::cloudevents
