#pragma once

#include <string_view>

namespace rig::core {

/// What the operator reads on stderr: `rig: cannot start: <why>`, one line whatever `why` holds.
void print_problem(std::string_view program, std::string_view why);

/// `rig: <text>`
void print_remark(std::string_view program, std::string_view text);

}  // namespace rig::core
