#include "config.hpp"

#include <rig/core/env.hpp>

namespace rig::transport {

using std::chrono::hours;
using std::chrono::milliseconds;

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
  c.outbox_bytes_max =
      env.bytes({"RIG_OUTBOX_BYTES_MAX",
                 "Most bytes that may wait for one slow client; beyond: it is disconnected"},
                c.outbox_bytes_max, {4096, std::int64_t{1} << 32});
  return c;
}

}  // namespace rig::transport
