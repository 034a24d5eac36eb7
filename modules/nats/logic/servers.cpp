#include "logic/servers.hpp"

#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace rig::nats {
namespace {

template <class T>
using Parsed = boost::system::result<T, std::string>;

constexpr std::string_view kDefaultPort = "4222";

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port != 0;
}

bool is_host(std::string_view host) {
  const bool is_v6 = host.size() > 4 && host.front() == '[' && host.back() == ']';
  if (is_v6) {
    return std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
      return std::string_view("0123456789abcdefABCDEF:.").find(c) != std::string_view::npos;
    });
  }
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

struct Address {
  std::string_view host;
  std::string_view port;
};

/// The last colon is no port's if it stands within the brackets of an address.
Address split(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return {text, kDefaultPort};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

/// Control characters end lines of the protocol, or of logs.
std::optional<std::string> decode(std::string_view encoded) {
  const auto text = boost::urls::make_pct_string_view(encoded);
  if (!text) return std::nullopt;
  auto decoded = text->decode();
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(decoded, is_control)) return std::nullopt;
  return decoded;
}

/// `user:password`, or a token.
Parsed<Servers> parse_credentials(std::string_view text) {
  Servers credentials;
  const auto colon = text.find(':');
  auto first = decode(text.substr(0, colon));
  if (!first || first->empty()) return std::string("has no valid user or token before the @");
  if (colon == std::string_view::npos) {
    credentials.token = Secret(*std::move(first));
    return credentials;
  }
  auto password = decode(text.substr(colon + 1));
  if (!password) return std::string("has no valid password before the @");
  credentials.user = *std::move(first);
  credentials.password = Secret(*std::move(password));
  return credentials;
}

bool have_same_credentials(const Servers& a, const Servers& b) {
  return a.user == b.user && a.password.reveal() == b.password.reveal() &&
         a.token.reveal() == b.token.reveal();
}

Parsed<Servers> parse_server(std::string_view text) {
  bool wants_tls = false;
  if (const auto end = text.find("://"); end != std::string_view::npos) {
    const auto scheme = text.substr(0, end);
    wants_tls = scheme == "tls";
    if (!wants_tls && scheme != "nats") return std::string("has another scheme than nats and tls");
    text.remove_prefix(end + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  Servers server;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    auto credentials = parse_credentials(text.substr(0, at));
    if (!credentials) return credentials.error();
    server = *std::move(credentials);
    text.remove_prefix(at + 1);
  }
  const auto [host, port] = split(text);
  if (!is_host(host)) return std::string("has no valid host");
  if (!is_port(port)) return std::string("has no valid port");
  server.addresses.push_back(std::string(host).append(":").append(port));
  server.wants_tls = wants_tls;
  return server;
}

std::string about(std::size_t number, std::string_view problem) {
  return "entry " + std::to_string(number) + " " + std::string(problem);
}

}  // namespace

boost::system::result<Servers, std::string> parse_servers(std::string_view text) {
  Servers all;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto comma = std::min(text.find(','), text.size());
    const auto entry = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (entry.empty()) continue;
    auto server = parse_server(entry);
    if (!server) return about(number, server.error());
    if (all.addresses.size() == kServersMax)
      return "has more than " + std::to_string(kServersMax) + " entries";
    if (server->has_credentials()) {
      if (all.has_credentials() && !have_same_credentials(all, *server))
        return about(number, "has other credentials than one before");
      all.user = server->user;
      all.password = server->password;
      all.token = server->token;
    }
    all.wants_tls = all.wants_tls || server->wants_tls;
    all.addresses.push_back(std::move(server->addresses.front()));
  }
  return all;
}

}  // namespace rig::nats
