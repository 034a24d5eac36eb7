#include "logic/clients_url.hpp"

#include <algorithm>

namespace rig::openapi {
namespace {

/// What stands in a name or an IPv4 address, or, with colons, between brackets (RFC 3986, 3.2.2).
/// Nothing of it has a meaning in a header or in JSON.
bool is_plain(std::string_view host, bool with_colons) {
  return !host.empty() && std::ranges::all_of(host, [with_colons](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || (with_colons && c == ':');
  });
}

/// Without its port.
std::string_view name_in(std::string_view host) {
  constexpr std::string_view kNobody = "localhost";
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos || !is_plain(host.substr(1, end - 1), true)) return kNobody;
    return host.substr(0, end + 1);
  }
  const auto name = host.substr(0, host.find(':'));
  return is_plain(name, false) ? name : kNobody;
}

}  // namespace

std::string clients_url(std::string_view host, std::uint16_t inbound_port) {
  return std::string("http://").append(name_in(host)).append(":") + std::to_string(inbound_port);
}

}  // namespace rig::openapi
