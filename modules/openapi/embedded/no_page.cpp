// In place of page.cpp, in a build without the npm package.

#include "embedded/embedded.hpp"

namespace rig::openapi {

std::span<const Asset> page() { return {}; }

}  // namespace rig::openapi
