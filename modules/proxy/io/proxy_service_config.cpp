#include "io/proxy_service.hpp"

#include <rig/core/env.hpp>
#include <rig/core/field_syntax.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rig::proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

ForwardingMode forwarding_mode(EnvReader& env, Setting setting, ForwardingMode default_mode) {
  constexpr std::array<std::string_view, 3> kModes{"pass", "replace", "append"};
  return static_cast<ForwardingMode>(
      env.choice(setting, kModes, static_cast<std::size_t>(default_mode)));
}

/// A pseudonym, or a host with or without a port (RFC 9110, 7.6.3); or nothing.
bool is_via_name(std::string_view name) noexcept {
  return std::ranges::all_of(
      name, [](char c) { return is_token_char(c) || c == ':' || c == '[' || c == ']'; });
}

}  // namespace

ProxyServiceConfig ProxyServiceConfig::from_env(EnvReader& env) {
  ProxyServiceConfig c;
  c.http = HttpTargetConfig::from_env(env);
  c.access_log = AccessLogConfig::from_env(env);
  c.forwarding.forwarded =
      forwarding_mode(env,
                      {"RIG_PROXY_FORWARDED",
                       "The Forwarded header of proxied requests: as the client sent it, only the "
                       "client's address, or that behind what the client sent"},
                      c.forwarding.forwarded);
  c.forwarding.x_forwarded = forwarding_mode(
      env, {"RIG_PROXY_X_FORWARDED", "The same for X-Forwarded-For, -Proto and -Host"},
      c.forwarding.x_forwarded);
  c.forwarding.via =
      env.text({"RIG_PROXY_VIA", "Name of this gateway in the Via header; empty: none"}, "");
  c.gateway_ip = env.text(
      {"RIG_PROXY_ADDRESS", "Address of this gateway in the Forwarded header (by=)"}, "127.0.0.1");
  if (!is_via_name(c.forwarding.via))
    env.problem("RIG_PROXY_VIA", "must be a name, or a host with or without a port");
  c.rate_limit_clients_max = static_cast<std::size_t>(
      env.integer({"RIG_PROXY_RATE_LIMIT_CLIENTS_MAX",
                   "How many clients are remembered for the rate limits of endpoints; when full, "
                   "whoever was not seen for longest is forgotten"},
                  static_cast<std::int64_t>(c.rate_limit_clients_max), {1, 10'000'000}));
  c.async_answer_timeout = env.duration(
      {"PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT",
       "How long a client waits for an answer that comes by POST /v3/responses; then 504"},
      c.async_answer_timeout, milliseconds(1), hours(24));
  c.brokers = BrokerRequestsConfig::from_env(env);
  return c;
}

}  // namespace rig::proxy
