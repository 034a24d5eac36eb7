#include "logic/jwks_url.hpp"

#include <rig/core/ascii.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace rig::jwt {

namespace urls = boost::urls;

namespace {

bool is_this_machine(const urls::url_view& url) {
  if (url.host_type() == urls::host_type::ipv4) return url.host_ipv4_address().is_loopback();
  if (url.host_type() == urls::host_type::ipv6) return url.host_ipv6_address().is_loopback();
  return equals_ignoring_case(std::string(url.host()), "localhost");
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string fault_of_jwks_url(std::string_view text) {
  const auto url = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!url || url->host().empty()) return "is no absolute URL";
  // Boost 1.81 takes http://127.0.0.1.example/ for the address and a path that begins with a dot.
  const auto path = url->encoded_path();
  if (!path.empty() && path.front() != '/') return "has a host that cannot be read";
  if (url->has_userinfo()) return "has a user name or password, which is not supported";
  if (url->scheme_id() == urls::scheme::https) return {};
  if (url->scheme_id() != urls::scheme::http) return "is neither https nor http";
  if (is_this_machine(*url)) return {};
  return "is http, by which anybody on the way could change the keys; only https is accepted, or "
         "http of localhost";
}

std::optional<std::chrono::seconds> max_age_of(std::string_view cache_control) {
  std::optional<std::chrono::seconds> age;
  while (!cache_control.empty()) {
    const auto end = std::min(cache_control.find(','), cache_control.size());
    const auto item = trimmed(cache_control.substr(0, end));
    cache_control.remove_prefix(std::min(end + 1, cache_control.size()));
    const auto equals = std::min(item.find('='), item.size());
    const auto name = item.substr(0, equals);
    if (equals_ignoring_case(name, "no-store") || equals_ignoring_case(name, "no-cache"))
      return std::chrono::seconds(0);
    if (!equals_ignoring_case(name, "max-age") || equals == item.size()) continue;
    const auto value = item.substr(equals + 1);
    std::uint32_t seconds = 0;
    const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && at == value.data() + value.size())
      age = std::chrono::seconds(seconds);
  }
  return age;
}

}  // namespace rig::jwt
