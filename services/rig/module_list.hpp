#pragma once

#include <span>

namespace rig {

struct Descriptor;

/// The modules of this program. Filled by CMake.
std::span<const Descriptor* const> module_list();

}  // namespace rig
