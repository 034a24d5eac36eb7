#include "config.hpp"

#include <rig/core/env.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace rig::transport {

using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

constexpr std::array<std::string_view, 2> kSwitch{"off", "on"};

SlowClientConfig slow_client_config(EnvReader& env) {
  SlowClientConfig c;
  constexpr std::array<std::string_view, 3> kPolicies{"disconnect", "drop_oldest", "conflate"};
  c.policy = static_cast<SlowClientConfig::Policy>(env.choice(
      {"RIG_SLOW_CLIENTS",
       "When too much waits for a client: disconnect it; drop the oldest events and say so "
       "by rig.gap; or keep the newest event of each type and subject"},
      kPolicies, static_cast<std::size_t>(c.policy)));
  c.bytes_max = env.bytes({"RIG_OUTBOX_BYTES_MAX", "Most bytes that may wait for one client"},
                          c.bytes_max, {4096, std::int64_t{1} << 32});
  c.age_max =
      env.duration({"RIG_OUTBOX_AGE_MAX", "Longest time that an event may wait for one client"},
                   c.age_max, milliseconds(1'000), hours(1));
  return c;
}

LongPollingConfig long_polling_config(EnvReader& env) {
  LongPollingConfig c;
  c.wait = env.duration({"RIG_LONGPOLLING_WAIT", "How long a poll waits for an event"}, c.wait,
                        milliseconds(0), hours(1));
  c.idle_timeout = env.duration(
      {"RIG_LONGPOLLING_IDLE_TIMEOUT", "A long-polling session that nobody polls for so long ends"},
      c.idle_timeout, milliseconds(1'000), hours(24 * 7));
  c.events_max = static_cast<std::size_t>(
      env.integer({"RIG_LONGPOLLING_EVENTS_MAX",
                   "Most events that wait for the next poll; older ones are read from the log"},
                  static_cast<std::int64_t>(c.events_max), {1, 1'000'000}));
  return c;
}

std::uint32_t number(EnvReader& env, Setting setting, std::uint32_t default_value, Range allowed) {
  return static_cast<std::uint32_t>(env.integer(setting, default_value, allowed));
}

TrustedProxies trusted_proxies(EnvReader& env) {
  TrustedProxies proxies;
  constexpr std::string_view kName = "RIG_TRUSTED_PROXIES";
  const std::string setting =
      env.text({kName,
                "Proxies that may tell the address of a client: IPv4 and IPv6 addresses and ranges "
                "(10.0.0.0/8), with commas"},
               "");
  for (std::string_view rest = setting; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    auto item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto first = item.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    item = item.substr(first, item.find_last_not_of(" \t") - first + 1);
    if (const auto range = AddressRange::parse(item)) {
      proxies.ranges.push_back(*range);
    } else {
      env.problem(kName, "has \"" + std::string(item) +
                             "\", which is no IPv4 or IPv6 address and no range of them");
    }
  }
  constexpr std::array<std::string_view, 2> kHeaders{"x-forwarded-for", "forwarded"};
  proxies.header = static_cast<TrustedProxies::Header>(
      env.choice({"RIG_FORWARDED_HEADER",
                  "The header that the trusted proxies write; the other one is not believed"},
                 kHeaders, 0));
  return proxies;
}

LimitsConfig limits_config(EnvReader& env) {
  LimitsConfig c;
  c.connections_per_minute_max = number(
      env,
      {"MAX_CONNECTIONS_PER_MINUTE",
       "New streams, WebSockets and polling sessions per minute and node; beyond: 429. 0: no "
       "limit"},
      c.connections_per_minute_max, {0, 1'000'000'000});
  c.connections_per_address_max = number(
      env,
      {"RIG_CONNECTIONS_PER_ADDRESS_MAX",
       "Most streams, WebSockets and polling sessions of one address (IPv6: of a /64) on the node; "
       "beyond: 429. 0: no limit"},
      c.connections_per_address_max, {0, 10'000'000});
  c.requests_per_second_per_address =
      number(env,
             {"RIG_REQUESTS_PER_SECOND_PER_ADDRESS",
              "Requests per second of one address (IPv6: of a /64) on the node; beyond: 429. 0: no "
              "limit"},
             c.requests_per_second_per_address, {0, 1'000'000});
  c.request_burst_per_address = number(
      env,
      {"RIG_REQUEST_BURST_PER_ADDRESS",
       "Requests that an address may make at once before its rate counts. 0: those of one second"},
      c.request_burst_per_address, {0, 1'000'000});
  if (c.request_burst_per_address == 0)
    c.request_burst_per_address = c.requests_per_second_per_address;
  c.addresses_max =
      number(env,
             {"RIG_ADDRESSES_MAX",
              "Addresses without a connection that each shard remembers for their rate"},
             static_cast<std::uint32_t>(c.addresses_max), {1, 10'000'000});
  c.trusted_proxies = trusted_proxies(env);
  return c;
}

void websocket_config(EnvReader& env, TransportConfig& c) {
  c.ws_message_bytes_max = env.bytes(
      {"RIG_WS_MESSAGE_BYTES_MAX", "Largest message that a client may send; beyond: close 1009"},
      c.ws_message_bytes_max, {125, 1 << 30});
  c.ws_deflate =
      env.choice({"RIG_WS_DEFLATE",
                  "Compress WebSocket messages (permessage-deflate) for clients that ask"},
                 kSwitch, 0) == 1;
  c.ws_accepts_refused =
      env.choice(
          {"RIG_WS_REFUSE",
           "How a WebSocket is refused: by an HTTP status, or as in version 3 by a close with "
           "code 1000 after the upgrade"},
          std::array<std::string_view, 2>{"status", "close"}, 0) == 1;
}

/// How clients are told that they may not, or may no longer.
void denial_config(EnvReader& env, TransportConfig& c) {
  c.denies_as_v3 =
      env.choice(
          {"RIG_DENIALS",
           "How clients are told that they may not: by 401, 403 and JSON, or by the 400 and the "
           "words of version 3"},
          std::array<std::string_view, 2>{"standard", "v3"}, 0) == 1;
  c.token_expiry.closes = env.boolean(
      {"RIG_TOKEN_EXPIRY_CLOSES", "A connection ends with its token unless it shows a fresh one"},
      c.token_expiry.closes);
  c.token_expiry.warning =
      env.duration({"RIG_TOKEN_EXPIRY_WARNING",
                    "How long before that the client is told by rig.token_expiring, at most half "
                    "of the time that is left; 0: not at all"},
                   c.token_expiry.warning, milliseconds(0), hours(24));
}

}  // namespace

TransportConfig TransportConfig::from_env(EnvReader& env) {
  TransportConfig c;
  const Range ports{0, 65535};
  c.inbound_port = static_cast<std::uint16_t>(env.integer(
      {"INBOUND_PORT", "Port for clients; 0 takes any free one"}, c.inbound_port, ports));
  c.api_port = static_cast<std::uint16_t>(env.integer(
      {"API_HTTP_PORT", "Port for management; keep it away from the outside"}, c.api_port, ports));
  if (c.inbound_port != 0 && c.inbound_port == c.api_port)
    env.problem("API_HTTP_PORT", "must not be the same port as INBOUND_PORT");
  c.bind_address = env.text(
      {"RIG_BIND_ADDRESS", "Address to listen on, IPv4 or IPv6; empty: all interfaces"}, "");
  c.api_bind = env.text(
      {"API_BIND",
       "Address of the management API; empty: 127.0.0.1, or RIG_BIND_ADDRESS if API_TOKEN or "
       "API_REQUIRED_CLAIM is set. 0.0.0.0 or ::, all interfaces"},
      "");
  c.cors = env.text(
      {"CORS", "Origins that browsers may call from: *, one origin, or several with commas"},
      c.cors);
  c.limits.target_bytes_max = static_cast<std::uint32_t>(env.bytes(
      {"RIG_REQUEST_TARGET_BYTES_MAX", "Longest request target (path and query); beyond: 414"},
      c.limits.target_bytes_max, {64, 1 << 20}));
  c.limits.header_bytes_max = static_cast<std::uint32_t>(
      env.bytes({"RIG_REQUEST_HEADER_BYTES_MAX", "Largest request head; beyond: 431"},
                c.limits.header_bytes_max, {256, 1 << 20}));
  c.limits.body_bytes_max =
      env.bytes({"RIG_REQUEST_BODY_BYTES_MAX", "Largest request body; beyond: 413"},
                c.limits.body_bytes_max, {0, std::int64_t{1} << 32});
  c.header_timeout =
      env.duration({"RIG_REQUEST_HEADER_TIMEOUT",
                    "Time from the first byte of a request to the end of its head; then 408"},
                   c.header_timeout, milliseconds(100), hours(1));
  c.body_timeout = env.duration(
      {"RIG_REQUEST_BODY_TIMEOUT", "Longest pause while a request body comes in; then 408"},
      c.body_timeout, milliseconds(100), hours(1));
  c.keep_alive_timeout =
      env.duration({"RIG_KEEP_ALIVE_TIMEOUT",
                    "How long a connection may wait for its next request; then it is closed"},
                   c.keep_alive_timeout, milliseconds(100), hours(24));
  c.connections_max = static_cast<std::size_t>(
      env.integer({"RIG_CONNECTIONS_MAX", "Most connections per shard; beyond: 503"},
                  static_cast<std::int64_t>(c.connections_max), {1, 10'000'000}));
  c.heartbeat_interval =
      env.duration({"RIG_HEARTBEAT_INTERVAL", "Pause between two heartbeats of an event stream"},
                   c.heartbeat_interval, milliseconds(250), hours(1));
  c.admission = limits_config(env);
  c.slow = slow_client_config(env);
  c.longpolling = long_polling_config(env);
  websocket_config(env, c);
  denial_config(env, c);
  c.retry = env.duration(
      {"RIG_RETRY",
       "Pause before a client connects again (SSE retry:); up to half is added at random"},
      c.retry, milliseconds(0), hours(1));
  c.drain_spread = env.duration(
      {"RIG_DRAIN_SPREAD", "Time over which the clients are sent away when the node stops"},
      c.drain_spread, milliseconds(0), hours(1));
  return c;
}

}  // namespace rig::transport
