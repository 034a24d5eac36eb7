#include <rig/core/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace rig::detail {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
  std::abort();
}

}  // namespace rig::detail
