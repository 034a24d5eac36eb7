#include "logic/subject.hpp"

#include <algorithm>

namespace rig::nats {
namespace {

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  });
}

bool is_wildcard(std::string_view token) noexcept { return token == "*" || token == ">"; }

template <class Allows>
bool all_tokens(std::string_view text, Allows allows) {
  for (;;) {
    const auto dot = std::min(text.find('.'), text.size());
    const bool is_last = dot == text.size();
    const auto token = text.substr(0, dot);
    if (!is_token(token) || !allows(token, is_last)) return false;
    if (is_last) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_subject(std::string_view text) noexcept {
  return all_tokens(text, [](std::string_view token, bool) { return !is_wildcard(token); });
}

bool is_subject_pattern(std::string_view text) noexcept {
  return all_tokens(text,
                    [](std::string_view token, bool is_last) { return token != ">" || is_last; });
}

}  // namespace rig::nats
