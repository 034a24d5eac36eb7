#pragma once

#include <rig/core/descriptor.hpp>

#include <span>
#include <string>
#include <vector>

namespace rig::core {

/// The modules in the order in which they are created and started: who provides before who needs,
/// who contributes before who collects, by name where there is a choice. They stop in reverse.
struct Plan {
  std::vector<const Descriptor*> order;  ///< complete only if there is no problem
  std::vector<std::string> problems;     ///< all of them, each naming both sides
};

[[nodiscard]] Plan make_plan(std::span<const Descriptor* const> modules);

/// The plan for people: the order and, for each module, its ports and whom they tie it to.
[[nodiscard]] std::string describe(const Plan& plan);

}  // namespace rig::core
