#pragma once

#include <rig/core/env.hpp>
#include <rig/proxy/api_definition.hpp>

#include <optional>
#include <string_view>

namespace rig::proxy {

/// Where a target is: a host, or an http or https URL, of which only scheme and host count. Nothing
/// if it is neither.
[[nodiscard]] std::optional<Upstream> parse_upstream(std::string_view target_url,
                                                     std::uint16_t port);

/// The same with `use_env` obeyed: a variable that is not set, or empty, stands for `localhost`.
[[nodiscard]] std::optional<Upstream> resolve(const ProxyTarget& target,
                                              const EnvSnapshot& variables);

}  // namespace rig::proxy
