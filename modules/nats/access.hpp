#pragma once

#include "config.hpp"
#include "logic/servers.hpp"

#include <string_view>

namespace rig {
class EnvReader;
}

namespace rig::nats {

/// Reads who the gateway is for `servers` and how it talks to them: `<prefix>_USER`, `…_TLS` and so
/// on. `servers_name` is the setting that they are from, whose credentials are used if it has some.
/// Problems are noted with `env`.
[[nodiscard]] ConnectionConfig read_connection(EnvReader& env, std::string_view prefix,
                                               std::string_view servers_name, Servers servers);

}  // namespace rig::nats
