// Any text as what a node says of itself: no crash, within the bounds, and what was understood is
// understood in the same way when it is said again.

#include "logic/member.hpp"

#include <rig/core/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rig::cluster;
  const auto member = parse_member({reinterpret_cast<const char*>(data), size});
  if (!member) return 0;
  RIG_ASSERT(member->types.size() <= kTypesMax);
  RIG_ASSERT(to_text(member->since).size() == 24);
  const auto again = parse_member(to_text(*member));
  RIG_ASSERT(again && *again == *member);
  return 0;
}
