#include "logic/token_places.hpp"

#include "logic/http_text.hpp"
#include "logic/query.hpp"

namespace rig::proxy {
namespace {

constexpr std::string_view kBearer = "Bearer ";

void add(std::vector<std::string>& tokens, std::string_view token) {
  token = trim(token);
  if (!token.empty() && tokens.size() < kTokensMax) tokens.emplace_back(token);
}

void add_from_header(std::vector<std::string>& tokens, bool is_authorization,
                     std::string_view value) {
  if (!is_authorization)
    return add(tokens, value.starts_with(kBearer) ? value.substr(kBearer.size()) : value);
  while (const auto part = next_item(value)) {
    if (part->starts_with(kBearer)) add(tokens, part->substr(kBearer.size()));
  }
}

void add_from_query(std::vector<std::string>& tokens, std::string_view name,
                    std::string_view query) {
  while (!query.empty()) {
    const auto part = next_parameter(query);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || !has_name(part, name)) continue;
    const auto value = decode_form(part.substr(equals + 1));
    std::string_view list = value;
    while (const auto token = next_item(list)) add(tokens, *token);
  }
}

}  // namespace

std::vector<std::string> find_tokens(const AuthRules& rules, const Headers& headers,
                                     std::string_view query) {
  std::vector<std::string> tokens;
  if (!rules.is_jwt) return tokens;
  if (rules.use_header) {
    const bool is_authorization = iequals(rules.header_name, "authorization");
    for (std::size_t i = 0; i < headers.size(); ++i) {
      if (iequals(headers[i].name, rules.header_name))
        add_from_header(tokens, is_authorization, headers[i].value);
    }
  }
  if (rules.use_query) add_from_query(tokens, rules.query_name, query);
  return tokens;
}

std::string query_without_tokens(const AuthRules& rules, std::string_view query) {
  if (!rules.is_jwt || !rules.use_query) return std::string(query);
  return without_parameter(query, rules.query_name);
}

}  // namespace rig::proxy
