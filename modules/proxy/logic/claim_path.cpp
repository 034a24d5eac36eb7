#include "logic/claim_path.hpp"

#include <algorithm>

namespace rig::proxy {
namespace {

/// The escapes of a JSON pointer (RFC 6901, 3): "~0" and "~1" and no other.
bool has_good_escapes(std::string_view pointer) noexcept {
  for (auto at = pointer.find('~'); at != std::string_view::npos; at = pointer.find('~', at + 1)) {
    const char code = at + 1 < pointer.size() ? pointer[at + 1] : '\0';
    if (code != '0' && code != '1') return false;
  }
  return true;
}

std::string unescaped(std::string_view step) {
  std::string name;
  for (std::size_t i = 0; i < step.size(); ++i)
    name += step[i] != '~' ? step[i] : step[++i] == '0' ? '~' : '/';
  return name;
}

}  // namespace

std::optional<ClaimPath> parse_claim_path(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('/')) return ClaimPath{std::string(text), std::string(text), {}};
  if (text.size() == 1 || !has_good_escapes(text)) return std::nullopt;
  const auto end = std::min(text.find('/', 1), text.size());
  return ClaimPath{std::string(text), unescaped(text.substr(1, end - 1)),
                   std::string(text.substr(end))};
}

std::string pointer_to(const ClaimPath& path) {
  std::string pointer = "/";
  for (const char c : path.claim) {
    if (c == '~' || c == '/')
      pointer += c == '~' ? "~0" : "~1";
    else
      pointer += c;
  }
  return pointer + path.rest;
}

const boost::json::value* find_claim(const boost::json::object& claims, const ClaimPath& path) {
  const auto* claim = claims.if_contains(path.claim);
  if (claim == nullptr || path.rest.empty()) return claim;
  boost::system::error_code ignored;  // it says why there is nothing
  return claim->find_pointer(path.rest, ignored);
}

}  // namespace rig::proxy
