#pragma once

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

// The characters of HTTP (RFC 9110, 5) and of URIs (RFC 3986). All is ASCII: the C library's
// functions depend on the locale.

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_alpha(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

/// RFC 3986, 2.3.
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
/// What may stand in a path as it is, `%` left out: pchar and `/` (RFC 3986, 3.3).
[[nodiscard]] constexpr bool is_path_char(char c) noexcept {
  return is_unreserved(c) ||
         (c != '\0' && std::string_view("!$&'()*+,;=:@/").find(c) != std::string_view::npos);
}

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
void append_percent_encoded(std::string& out, char c);

/// Names are compared in very many places: this is `equals_ignoring_case`.
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
  return equals_ignoring_case(a, b);
}
/// Spaces and tabs off both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// The next item of a list with commas, trimmed; `list` is what is left. Nothing when all are read.
/// Quoted strings are not looked into: no list that is read here has them.
[[nodiscard]] std::optional<std::string_view> next_item(std::string_view& list) noexcept;

}  // namespace rig::proxy
