#pragma once

#include "logic/definition_sources.hpp"
#include "logic/fault.hpp"

#include <string>
#include <vector>

namespace rig::proxy {

/// The texts that PROXY_CONFIG_FILE stands for: of a file, of each `.json`, `.yaml` and `.yml` file
/// of a directory by their names, or the value itself if it looks like JSON. Blocks the thread. The
/// error says why there are none.
[[nodiscard]] Read<std::vector<DefinitionSource>> read_definition_files(const std::string& setting);

}  // namespace rig::proxy
