#include "logic/header_filter.hpp"

#include "logic/http_text.hpp"

#include <algorithm>
#include <array>

namespace rig::proxy {
namespace {

bool is_before(std::string_view a, std::string_view b) noexcept {
  return std::ranges::lexicographical_compare(a, b, {}, to_lower, to_lower);
}

bool is_always(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 11> kNames = {"connection",
                                                       "keep-alive",
                                                       "te",
                                                       "trailer",
                                                       "transfer-encoding",
                                                       "upgrade",
                                                       "proxy-connection",
                                                       "proxy-authenticate",
                                                       "proxy-authorization",
                                                       "proxy-authentication-info",
                                                       "http2-settings"};
  return std::ranges::any_of(kNames, [&](std::string_view other) { return iequals(name, other); });
}

bool names_trailers(std::string_view value) noexcept {
  while (const auto item = next_item(value)) {
    if (iequals(*item, "trailers")) return true;
  }
  return false;
}

}  // namespace

HopByHop::HopByHop(const Headers& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    auto [name, value] = headers[i];
    if (iequals(name, "te")) accepts_trailers_ = accepts_trailers_ || names_trailers(value);
    if (!iequals(name, "connection")) continue;
    while (const auto item = next_item(value)) named_.push_back(*item);
  }
  std::ranges::sort(named_, is_before);
}

bool HopByHop::contains(std::string_view name) const noexcept {
  return is_always(name) || std::ranges::binary_search(named_, name, is_before);
}

bool accepts_trailers(const Headers& headers) noexcept {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers[i];
    if (iequals(name, "te") && names_trailers(value)) return true;
  }
  return false;
}

std::string with_hyphens(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

bool is_gateways_own(std::string_view name) noexcept {
  return is_always(name) || iequals(name, "content-length") || iequals(name, "expect");
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_in(std::span<const Header> headers, std::string_view name) noexcept {
  return std::ranges::any_of(headers, [&](const Header& h) { return iequals(h.name, name); });
}

bool is_in(std::span<const std::string> names, std::string_view name) noexcept {
  return std::ranges::any_of(names, [&](const std::string& n) { return iequals(n, name); });
}

bool is_left(const HeaderEdits& edits, std::string_view name) noexcept {
  return !is_in(edits.remove, name) && !is_in(edits.set, name);
}

std::string list_of(const Headers& headers, std::string_view name) {
  std::string list;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!iequals(headers[i].name, name) || headers[i].value.empty()) continue;
    if (!list.empty()) list += ", ";
    list += headers[i].value;
  }
  return list;
}

bool is_same_spelling(std::string_view a, std::string_view b) noexcept {
  const auto spelling = [](char c) { return c == '_' ? '-' : to_lower(c); };
  return a.size() == b.size() && std::ranges::equal(a, b, {}, spelling, spelling);
}

bool is_claim(std::span<const ClaimHeader> claims, std::string_view name) noexcept {
  return std::ranges::any_of(
      claims, [&](const ClaimHeader& claim) { return is_same_spelling(claim.name, name); });
}

}  // namespace rig::proxy
