#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace rig {

namespace detail {
inline constexpr auto kIsTokenChar = [] {
  std::array<bool, 256> is{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) is[c] = is[c - 'a' + 'A'] = true;
  for (std::size_t c = '0'; c <= '9'; ++c) is[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) is[static_cast<unsigned char>(c)] = true;
  return is;
}();
}  // namespace detail

/// What names of headers, methods and parameters are made of (RFC 9110, 5.6.2).
[[nodiscard]] constexpr bool is_token_char(char c) noexcept {
  return detail::kIsTokenChar[static_cast<unsigned char>(c)];
}

/// A name of a header, a method or a parameter: it is not empty.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

/// What may be in a header's value: no control character but the tab (RFC 9110, 5.5).
[[nodiscard]] constexpr bool is_value_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

/// A header's value has no other characters. It may be empty, and blanks at its ends are not looked
/// at: they do not belong to it.
[[nodiscard]] constexpr bool has_value_chars_alone(std::string_view text) noexcept {
  bool is_good = true;  // without a way out, compilers look at many characters at a time
  for (const char c : text) is_good &= is_value_char(c);
  return is_good;
}

}  // namespace rig
