#include "logic/published_headers.hpp"

#include "logic/header_filter.hpp"
#include "logic/http_text.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <string>

namespace rig::proxy {
namespace {

using Lines = std::map<std::string, std::string, std::less<>>;

std::string in_lower_case(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

void add_line(Lines& lines, std::string_view name, std::string_view value) {
  auto [line, is_new] = lines.try_emplace(in_lower_case(name), value);
  // Cookies have a list of their own kind (RFC 6265, 4.2.1).
  if (!is_new) line->second.append(line->first == "cookie" ? "; " : ", ").append(value);
}

}  // namespace

std::vector<Header> published_headers(const Headers& headers, const HeaderEdits& edits,
                                      std::span<const ClaimHeader> claims,
                                      std::span<const std::string_view> redacted) {
  Lines lines;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers[i];
    if (is_left(edits, name) && !is_claim(claims, name)) add_line(lines, name, value);
  }
  for (const auto& header : edits.set) add_line(lines, header.name, header.value);
  for (const auto& header : edits.add) add_line(lines, header.name, header.value);
  for (const auto& claim : claims) {
    if (claim.has_value) add_line(lines, claim.name, claim.value);
  }
  for (const auto name : redacted) {
    if (const auto line = lines.find(name); line != lines.end()) line->second = kRedacted;
  }
  std::vector<Header> sorted;
  sorted.reserve(lines.size());
  std::ranges::transform(lines, std::back_inserter(sorted),
                         [](const auto& line) { return Header{line.first, line.second}; });
  return sorted;
}

}  // namespace rig::proxy
