#include "logic/query.hpp"

#include "logic/http_text.hpp"

#include <algorithm>

namespace rig::proxy {
namespace {

/// More than one name may be compared with each of a long query, so the common case allocates
/// nothing.
bool equals_decoded(std::string_view text, std::string_view name) {
  if (text.find_first_of("%+") == std::string_view::npos) return text == name;
  return decode_form(text) == name;
}

std::string_view name_of(std::string_view part) noexcept { return part.substr(0, part.find('=')); }

void append_part(std::string& out, std::string_view part) {
  if (!out.empty()) out += '&';
  out += part;
}

/// The parameters that `is_kept` says yes to, in their order.
template <typename IsKept>
std::string filtered(std::string_view query, IsKept is_kept) {
  std::string out;
  bool is_first = true;
  while (!query.empty()) {
    const auto part = next_parameter(query);
    if (!is_kept(part)) continue;
    if (!is_first) out += '&';
    out += part;
    is_first = false;
  }
  return out;
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_unreserved(c))
      out += c;
    else
      append_percent_encoded(out, c);
  }
}

}  // namespace

std::string_view next_parameter(std::string_view& query) noexcept {
  const auto part = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(part.size() + 1, query.size()));
  return part;
}

std::string decode_form(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

bool has_name(std::string_view part, std::string_view name) {
  return equals_decoded(name_of(part), name);
}

std::string without_parameter(std::string_view query, std::string_view name) {
  return filtered(query, [&](std::string_view part) { return !has_name(part, name); });
}

std::string with_parameter(std::string_view query, std::string_view name, std::string_view value) {
  auto out = without_parameter(query, name);
  append_part(out, "");
  append_encoded(out, name);
  out += '=';
  append_encoded(out, value);
  return out;
}

std::string merge_queries(std::string_view base, std::string_view query) {
  auto out = filtered(base, [&](std::string_view part) {
    const auto name = decode_form(name_of(part));
    for (auto rest = query; !rest.empty();) {
      if (has_name(next_parameter(rest), name)) return false;
    }
    return true;
  });
  if (!query.empty()) append_part(out, query);
  return out;
}

}  // namespace rig::proxy
