#include <rig/core/build_info.hpp>

#include "rig_build.hpp"  // generated: build_info.cmake

namespace rig {

const BuildInfo& build_info() noexcept {
  static constexpr BuildInfo kInfo{RIG_BUILD_VERSION, RIG_BUILD_COMMIT, RIG_BUILD_COMPILER};
  return kInfo;
}

}  // namespace rig
