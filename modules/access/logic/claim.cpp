#include "logic/claim.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>

namespace rig::access {
namespace json = boost::json;
namespace {

/// The first step of a pointer with its escapes resolved (RFC 6901, 4); nothing if one is bad.
std::optional<std::string> unescaped(std::string_view step) {
  std::string name;
  for (std::size_t i = 0; i < step.size(); ++i) {
    char c = step[i];
    if (c == '~') {
      const char code = ++i < step.size() ? step[i] : '\0';
      if (code != '0' && code != '1') return std::nullopt;
      c = code == '0' ? '~' : '/';
    }
    name += c;
  }
  return name;
}

bool has_word(std::string_view text, std::string_view word) noexcept {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (text.substr(0, end) == word) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

/// Whether a claim is words by its definition. What stands in others may be a user's own text.
bool is_of_words(std::string_view pointer) noexcept {
  const auto name = pointer.substr(pointer.rfind('/') + 1);
  return name == "scope" || name == "scp";
}

bool is_or_has(const json::value& claim, std::string_view wanted, bool is_words) {
  if (const json::string* text = claim.if_string())
    return *text == wanted || (is_words && has_word(*text, wanted));
  if (claim.is_primitive()) return !claim.is_null() && json::serialize(claim) == wanted;
  const json::array* items = claim.if_array();
  return items != nullptr && std::ranges::any_of(*items, [&](const json::value& item) {
           const json::string* text = item.if_string();
           return text != nullptr ? *text == wanted
                                  : item.is_number() && json::serialize(item) == wanted;
         });
}

}  // namespace

bool is_claim_pointer(std::string_view pointer) noexcept {
  return pointer.starts_with('/') && pointer.size() > 1 && unescaped(pointer).has_value();
}

const json::value* find_claim(const json::object& claims, std::string_view pointer) {
  if (!pointer.starts_with('/')) return nullptr;
  pointer.remove_prefix(1);
  const auto end = std::min(pointer.find('/'), pointer.size());
  const auto name = unescaped(pointer.substr(0, end));
  const json::value* claim = name ? claims.if_contains(*name) : nullptr;
  if (claim == nullptr || end == pointer.size()) return claim;
  boost::system::error_code ignored;  // it says why there is nothing
  return claim->find_pointer(pointer.substr(end), ignored);
}

std::optional<std::string_view> find_text_claim(const json::object& claims,
                                                std::string_view pointer) {
  const json::value* claim = find_claim(claims, pointer);
  const json::string* text = claim == nullptr ? nullptr : claim->if_string();
  if (text == nullptr || text->empty()) return std::nullopt;
  return std::string_view(*text);
}

std::optional<RequiredClaim> parse_required_claim(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  const std::string pointer(text.substr(0, equals));
  RequiredClaim claim{pointer, {}, pointer};
  if (equals < text.size()) {
    claim.any_of.emplace_back(text.substr(equals + 1));
    if (claim.any_of.front().empty()) return std::nullopt;
  }
  if (!is_claim_pointer(claim.pointer)) return std::nullopt;
  return claim;
}

bool holds(const RequiredClaim& required, const json::object& claims) {
  const json::value* claim = find_claim(claims, required.pointer);
  if (claim == nullptr || claim->is_null()) return false;
  if (required.any_of.empty()) return !claim->is_bool() || claim->get_bool();
  const bool is_words = is_of_words(required.pointer);
  return std::ranges::any_of(required.any_of, [&](std::string_view wanted) {
    return is_or_has(*claim, wanted, is_words);
  });
}

const RequiredClaim* first_missing(const RequiredClaims& required, const json::object& claims) {
  const auto missing = std::ranges::find_if(
      required, [&](const RequiredClaim& claim) { return !holds(claim, claims); });
  return missing == required.end() ? nullptr : &*missing;
}

}  // namespace rig::access
