#include "logic/url.hpp"

#include <boost/url/host_type.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace rig::http_client {
namespace {

constexpr std::size_t kBytesMax = 8192;
constexpr std::size_t kHostBytesMax = 253;  // of a name in the DNS (RFC 1035 section 2.3.4)

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > kHostBytesMax) return false;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  return name.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// What is between "//" and the path; `text` has been parsed.
std::string_view authority_in(std::string_view text) {
  const auto start = text.find("//") + 2;
  return text.substr(start, text.find_first_of("/?#", start) - start);
}

/// Boost.URL takes a port that is no number or too large for an absent one.
std::optional<std::string> port_of(std::string_view authority, std::string_view default_port) {
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.ends_with(']') || authority.ends_with(':'))
    return std::string(default_port);
  const auto digits = authority.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
    return std::nullopt;
  return std::to_string(port);
}

std::string_view default_port(bool is_https) { return is_https ? "443" : "80"; }

}  // namespace

std::string Url::server() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

std::string Url::authority() const {
  std::string all = server();
  if (port == default_port(is_https)) all.resize(all.size() - port.size() - 1);
  return all;
}

boost::system::result<Url, std::string> parse_url(std::string_view text) {
  namespace urls = boost::urls;
  if (text.size() > kBytesMax) return std::string("it is too long");
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (!parsed) return std::string("it is no absolute URL");
  const auto scheme = parsed->scheme_id();
  if (scheme != urls::scheme::http && scheme != urls::scheme::https)
    return std::string("it is neither http nor https");
  if (parsed->has_userinfo()) return std::string("it has a user name");
  // Boost 1.81 takes http://127.0.0.1.example/ for the address and a path that begins with a dot.
  const auto path = parsed->encoded_path();
  if (!path.empty() && path.front() != '/') return std::string("its host cannot be read");

  Url url;
  url.is_https = scheme == urls::scheme::https;
  url.host = parsed->host_address();  // decoded, so it is looked at again
  const auto type = parsed->host_type();
  const bool is_address = type == urls::host_type::ipv4 || type == urls::host_type::ipv6;
  if (!is_address && (type != urls::host_type::name || !is_host_name(url.host)))
    return std::string("its host is no name and no address");

  auto port = port_of(authority_in(text), default_port(url.is_https));
  if (!port) return std::string("its port is none");
  url.port = std::move(*port);
  url.target = path.empty() ? "/" : std::string(path);
  if (parsed->has_query()) url.target += "?" + std::string(parsed->encoded_query());
  return url;
}

}  // namespace rig::http_client
