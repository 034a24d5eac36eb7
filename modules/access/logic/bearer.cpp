#include "logic/bearer.hpp"

#include <rig/core/ascii.hpp>

#include <algorithm>
#include <string_view>

namespace rig::access {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

/// Three parts of base64url (RFC 7515, 7.1); what is in them is for others to check.
bool looks_like_token(std::string_view text) noexcept {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return std::ranges::count(text, '.') == 2 && std::ranges::all_of(text, is_part);
}

/// The token in one part of a header; empty if there is none.
std::string_view token_in(std::string_view part) noexcept {
  const auto space = part.find_first_of(" \t");
  if (space == std::string_view::npos) return looks_like_token(part) ? part : std::string_view();
  const bool is_bearer = equals_ignoring_case(part.substr(0, space), "bearer");
  return is_bearer ? trimmed(part.substr(space)) : std::string_view();
}

}  // namespace

std::vector<std::string> bearer_tokens(const Credentials& credentials) {
  std::vector<std::string> tokens;
  if (!credentials.jwt.empty()) tokens.push_back(credentials.jwt);
  for (std::string_view rest : credentials.authorization) {
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      const auto token = token_in(trimmed(rest.substr(0, end)));
      if (!token.empty()) tokens.emplace_back(token);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return tokens;
}

std::string joined_authorization(const Credentials& credentials) {
  std::string joined;
  const auto add = [&](std::string_view value) {
    if (!joined.empty()) joined += ", ";
    joined += value;
  };
  if (!credentials.jwt.empty()) add("Bearer " + credentials.jwt);
  for (const auto& value : credentials.authorization) add(value);
  return joined;
}

}  // namespace rig::access
