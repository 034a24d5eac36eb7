#include "logic/upstream.hpp"

#include <rig/core/ascii.hpp>

#include <boost/url/ipv6_address.hpp>

#include <algorithm>

namespace rig::proxy {
namespace {

/// RFC 1035, 2.3.4.
constexpr std::size_t kHostBytesMax = 253;

/// What names on the internet and in containers are made of.
bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool is_host_name(std::string_view host) noexcept {
  return !host.empty() && host.size() <= kHostBytesMax && !host.starts_with('.') &&
         !host.starts_with('-') && host.find("..") == std::string_view::npos &&
         std::ranges::all_of(host, is_host_character);
}

/// Takes `scheme://` off the text; nothing if it is there but not one of ours.
std::optional<bool> take_scheme(std::string_view& text) {
  const auto end = text.find("://");
  if (end == std::string_view::npos) return false;
  const auto scheme = text.substr(0, end);
  const bool is_tls = equals_ignoring_case(scheme, "https");
  if (!is_tls && !equals_ignoring_case(scheme, "http")) return std::nullopt;
  text.remove_prefix(end + 3);
  return is_tls;
}

bool is_port(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The host of an authority; user and port are left out. Empty if it has another form.
std::string_view host_of(std::string_view authority) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const auto colon = authority.find(':', bracket);
  if (colon == std::string_view::npos) return authority;
  if (!is_port(authority.substr(colon + 1))) return {};
  return authority.substr(0, colon);
}

}  // namespace

std::optional<Upstream> parse_upstream(std::string_view target_url, std::uint16_t port) {
  auto rest = target_url;
  const auto is_tls = take_scheme(rest);
  if (!is_tls) return std::nullopt;
  const bool is_url = rest.size() < target_url.size();
  auto host = is_url ? host_of(rest.substr(0, rest.find_first_of("/?#"))) : rest;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!boost::urls::parse_ipv6_address(host)) return std::nullopt;
  } else if (!is_host_name(host)) {
    return std::nullopt;
  }
  return Upstream{*is_tls, std::string(host), port};
}

std::optional<Upstream> resolve(const ProxyTarget& target, const EnvSnapshot& variables) {
  if (!target.use_env) return parse_upstream(target.target_url, target.port);
  const auto found = variables.find(target.target_url);
  const bool is_set = found != variables.end() && !found->second.empty();
  return parse_upstream(is_set ? std::string_view(found->second) : "localhost", target.port);
}

}  // namespace rig::proxy
