#pragma once

#include <rig/core/env.hpp>

#include <span>
#include <string>

namespace rig::core {

/// The settings for docs/settings.md: one table per module, core first, then by name; within a
/// module in the order in which it reads them.
[[nodiscard]] std::string settings_as_markdown(std::span<const EnvReader::Record> settings);

/// The same for programs: a JSON array of objects.
[[nodiscard]] std::string settings_as_json(std::span<const EnvReader::Record> settings);

}  // namespace rig::core
