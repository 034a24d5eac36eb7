#include "logic/definition_syntax.hpp"

#include "logic/path_rewrite.hpp"
#include "logic/route_pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <set>

namespace rig::proxy {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

/// The characters of a path (RFC 3986, 3.3), percent-encoding included.
bool is_path_character(char c) noexcept {
  return is_alphanumeric(c) ||
         std::string_view("/-._~%!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

}  // namespace

bool is_header_name(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || kTokenMarks.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) noexcept {
  if (text.empty()) return true;
  if (is_space(text.front()) || is_space(text.back())) return false;
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

std::string fault_of_regex(std::string_view regex) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  const RE2 compiled({regex.data(), regex.size()}, options);
  return compiled.ok() ? std::string() : compiled.error();
}

std::string fault_of_path(std::string_view path) {
  const auto parsed = parse_template(path);
  if (!path.starts_with('/')) return "must start with a slash";
  std::set<std::string_view> names;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (segment.find_first_of("{}") == std::string_view::npos) {
      if (!std::ranges::all_of(segment, is_path_character))
        return "must not have characters that a path needs percent-encoded";
      continue;
    }
    if (segment.size() < 2 || !segment.starts_with('{') || !segment.ends_with('}') ||
        !is_name(segment.substr(1, segment.size() - 2)))
      return "must have braces only around the name of a whole segment, like /books/{id}";
    if (!names.insert(segment).second) return "must not have " + std::string(segment) + " twice";
  }
  return parsed ? std::string() : "must be as requests have it: " + parsed.error();
}

std::string fault_of_replacement(std::string_view replacement) {
  const auto parsed = PathRewrite::parse(replacement);
  return parsed ? std::string() : parsed.error();
}

}  // namespace rig::proxy
