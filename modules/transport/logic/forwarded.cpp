#include "logic/forwarded.hpp"

#include <rig/core/ascii.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether the quotation mark at `at` is part of a quoted string: an odd number of backslashes
/// stands before it.
bool is_escaped(std::string_view text, std::size_t at) {
  std::size_t first = at;
  while (first > 0 && text[first - 1] == '\\') --first;
  return (at - first) % 2 == 1;
}

/// Where the last element of a `Forwarded` value begins. The value is scanned from its end, so that
/// what stands further left, by whoever, has no say; nothing if it makes no sense.
std::optional<std::size_t> last_element(std::string_view text) {
  bool is_quoted = false;
  for (std::size_t i = text.size(); i > 0; --i) {
    const char c = text[i - 1];
    if (c == '"') {
      const bool escaped = is_escaped(text, i - 1);
      if (escaped && !is_quoted) return std::nullopt;
      if (!escaped) is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      return i;
    }
  }
  return is_quoted ? std::nullopt : std::optional<std::size_t>(0);
}

/// Cuts what is before the next semicolon off `element`.
std::string_view next_parameter(std::string_view& element) {
  bool is_quoted = false;
  std::size_t i = 0;
  for (; i < element.size() && (is_quoted || element[i] != ';'); ++i) {
    if (element[i] == '"') is_quoted = !is_quoted;
    if (element[i] == '\\' && is_quoted) ++i;
  }
  i = std::min(i, element.size());
  const auto parameter = element.substr(0, i);
  element.remove_prefix(std::min(i + 1, element.size()));
  return trim(parameter);
}

std::string unquote(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string text;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

/// What `for` says in an element; empty if it is absent or there more than once (RFC 7239, 4).
std::string for_parameter(std::string_view element) {
  std::optional<std::string> found;
  while (!element.empty()) {
    const auto parameter = next_parameter(element);
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equals_ignoring_case(parameter.substr(0, equals), "for")) continue;
    if (found) return {};
    found = unquote(parameter.substr(equals + 1));
  }
  return found.value_or("");
}

/// An address with or without a port; the one of IPv6 then stands in brackets (RFC 7239, 6).
std::optional<Address> parse_node(std::string_view node) {
  const auto is_port = [](std::string_view text) {
    return text.empty() || (text.size() > 1 && text.front() == ':');
  };
  if (node.starts_with('[')) {
    const auto end = node.find(']');
    if (end == std::string_view::npos || !is_port(node.substr(end + 1))) return std::nullopt;
    return Address::parse(node.substr(1, end - 1));
  }
  const auto colon = node.find(':');
  if (colon != std::string_view::npos && colon == node.rfind(':') && is_port(node.substr(colon)))
    node = node.substr(0, colon);
  return Address::parse(node);
}

/// The entries of one header, from the last to the first.
class Hops {
 public:
  Hops(const Headers& headers, TrustedProxies::Header kind)
      : headers_(headers), kind_(kind), line_(headers.size()) {}

  /// The hop before; nothing if there is none or it does not tell its address.
  std::optional<Address> next() {
    while (!has_rest_) {
      if (line_ == 0) return std::nullopt;
      const auto entry = headers_[--line_];
      if (!equals_ignoring_case(entry.name, name())) continue;
      rest_ = entry.value;
      has_rest_ = true;
    }
    if (kind_ == TrustedProxies::Header::kForwarded) {
      const auto begin = last_element(rest_);
      if (!begin) return std::nullopt;
      return parse_node(for_parameter(cut(*begin)));
    }
    const auto comma = rest_.rfind(',');
    return parse_node(trim(cut(comma == std::string_view::npos ? 0 : comma + 1)));
  }

 private:
  [[nodiscard]] std::string_view name() const {
    return kind_ == TrustedProxies::Header::kForwarded ? "forwarded" : "x-forwarded-for";
  }
  /// Takes what begins at `begin`, and the comma before, off the rest.
  std::string_view cut(std::size_t begin) {
    const auto last = rest_.substr(begin);
    has_rest_ = begin > 0;
    rest_ = rest_.substr(0, has_rest_ ? begin - 1 : 0);
    return last;
  }

  const Headers& headers_;
  TrustedProxies::Header kind_;
  std::size_t line_;
  std::string_view rest_;
  bool has_rest_ = false;
};

}  // namespace

bool TrustedProxies::contains(const Address& address) const noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const AddressRange& range) { return range.contains(address); });
}

Address client_address(const Address& peer, const Headers& headers, const TrustedProxies& proxies) {
  Address known = peer;
  Hops hops(headers, proxies.header);
  while (proxies.contains(known)) {
    const auto before = hops.next();
    if (!before) break;
    known = *before;
  }
  return known;
}

}  // namespace rig::transport
