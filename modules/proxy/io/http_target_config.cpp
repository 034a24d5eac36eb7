#include "io/http_target_config.hpp"

#include <rig/core/env.hpp>

namespace rig::proxy {

using std::chrono::hours;
using std::chrono::milliseconds;

HttpTargetConfig HttpTargetConfig::from_env(EnvReader& env) {
  constexpr milliseconds kTick{250};
  const HttpTargetConfig preset;
  HttpTargetConfig config;
  config.connections_max = static_cast<std::size_t>(env.integer(
      {"RIG_PROXY_CONNECTIONS_MAX", "Connections to one backend, per core; more requests wait"},
      static_cast<std::int64_t>(preset.connections_max), {1, 100'000}));
  config.waiting_max = static_cast<std::size_t>(env.integer(
      {"RIG_PROXY_WAITING_MAX",
       "Requests that wait for a connection to one backend, per core; more are refused with 503"},
      static_cast<std::int64_t>(preset.waiting_max), {0, 1'000'000}));
  config.waiting_time_max = env.duration(
      {"RIG_PROXY_WAITING_TIMEOUT", "How long a request waits for a connection before it gets 503"},
      preset.waiting_time_max, kTick, hours(1));
  config.idle_max =
      env.duration({"RIG_PROXY_IDLE_TIMEOUT", "How long an unused connection to a backend is kept"},
                   preset.idle_max, kTick, hours(24));
  config.connect_timeout =
      env.duration({"RIG_PROXY_CONNECT_TIMEOUT",
                    "How long connecting to a backend may take, name and TLS included"},
                   preset.connect_timeout, kTick, hours(1));
  config.recv_timeout =
      env.duration({"PROXY_RECV_TIMEOUT", "How long a backend may be silent before it is given up"},
                   preset.recv_timeout, milliseconds(1), hours(24));
  config.stream_timeout =
      env.duration({"RIG_PROXY_STREAM_TIMEOUT",
                    "The same once it has begun an event stream or an upgraded connection"},
                   preset.stream_timeout, kTick, hours(24 * 365));
  config.total_timeout =
      env.duration({"RIG_PROXY_TOTAL_TIMEOUT",
                    "How long a proxied request may take in all; 0: as long as it takes"},
                   preset.total_timeout, milliseconds(0), hours(24));
  return config;
}

}  // namespace rig::proxy
