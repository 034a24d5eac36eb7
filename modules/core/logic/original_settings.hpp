#pragma once

#include <rig/core/env.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rig::core {

/// What to tell an operator who brings the environment of the first RIG (version 3).
struct OriginalSettings {
  std::vector<std::string> notes;     ///< had a meaning on the old platform only
  std::vector<std::string> warnings;  ///< asks for something that this build does not do
  std::vector<std::string> problems;  ///< to start without it would be unsafe
};

/// Looks for settings of version 3 in `env` that no module has read; `read` holds the names that
/// were. Values are never shown: some of them are secrets.
[[nodiscard]] OriginalSettings check_original_settings(const EnvSnapshot& env,
                                                       const std::set<std::string_view>& read);

/// Every setting of version 3, read today or not.
[[nodiscard]] std::set<std::string_view> original_setting_names();

}  // namespace rig::core
