#pragma once

#include "config.hpp"
#include "io/library.hpp"

#include <string>

namespace rig::nats {

/// The library's options for a connection of that name. Throws StartupError, which names the
/// setting, if a certificate or a key cannot be used.
[[nodiscard]] OptionsPtr make_options(const ConnectionConfig& config, const std::string& name);

}  // namespace rig::nats
