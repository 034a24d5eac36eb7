#pragma once

#include <string_view>

namespace rig {

/// What this program was built from. For `--version` and the metric of the same name.
struct BuildInfo {
  std::string_view version;   ///< "4.0.0"
  std::string_view commit;    ///< twelve hex digits, or "unknown" outside a git clone
  std::string_view compiler;  ///< "Clang 19.1.7"
};

[[nodiscard]] const BuildInfo& build_info() noexcept;

}  // namespace rig
