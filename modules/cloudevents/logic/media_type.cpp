#include "logic/media_type.hpp"

#include "logic/text.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <algorithm>

namespace rig::cloudevents {
namespace {

void skip_blanks(std::string_view& rest) noexcept {
  while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
}

std::string_view take_token(std::string_view& rest) noexcept {
  const auto* end = std::ranges::find_if_not(rest, is_token_char);
  const std::string_view token(rest.begin(), end);
  rest.remove_prefix(token.size());
  return token;
}

bool take(std::string_view& rest, char c) noexcept {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

bool take_quoted_string(std::string_view& rest) noexcept {
  rest.remove_prefix(1);
  while (!rest.empty()) {
    if (take(rest, '"')) return true;
    take(rest, '\\');
    if (rest.empty() || (rest[0] < ' ' && rest[0] != '\t') || rest[0] == '\x7F') return false;
    rest.remove_prefix(1);
  }
  return false;
}

bool take_parameters(std::string_view rest) noexcept {
  for (;;) {
    skip_blanks(rest);
    if (rest.empty()) return true;
    if (!take(rest, ';')) return false;
    skip_blanks(rest);
    if (take_token(rest).empty()) continue;  // RFC 9110 allows `;` without a parameter
    if (!take(rest, '=')) return false;
    if (rest.starts_with('"')) {
      if (!take_quoted_string(rest)) return false;
    } else if (take_token(rest).empty()) {
      return false;
    }
  }
}

}  // namespace

std::optional<MediaType> MediaType::parse(std::string_view text) noexcept {
  skip_blanks(text);
  MediaType media;
  media.type = take_token(text);
  if (media.type.empty() || !take(text, '/')) return std::nullopt;
  media.subtype = take_token(text);
  if (media.subtype.empty() || !take_parameters(text)) return std::nullopt;
  return media;
}

bool MediaType::is(std::string_view lower_type, std::string_view lower_subtype) const noexcept {
  return equals_ignoring_case(type, lower_type) && equals_ignoring_case(subtype, lower_subtype);
}

bool MediaType::is_json() const noexcept {
  constexpr std::string_view kSuffix = "+json";
  return equals_ignoring_case(subtype, "json") ||
         (subtype.size() > kSuffix.size() &&
          equals_ignoring_case(subtype.substr(subtype.size() - kSuffix.size()), kSuffix));
}

std::string MediaType::essence() const { return lower_case(type) + "/" + lower_case(subtype); }

}  // namespace rig::cloudevents
