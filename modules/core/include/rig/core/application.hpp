#pragma once

#include <rig/core/module.hpp>

#include <span>
#include <string>
#include <string_view>

namespace rig {

struct ProgramInfo {
  std::string_view name;
  std::string_view version;
  std::string_view description;
};

/// The program: reads the flags, plans the modules, creates, starts, serves, drains and stops them.
/// Returns the exit code: 0 stopped in order, 1 could not start, 2 did not stop in time.
int run_application(const ProgramInfo& program, std::span<const Descriptor* const> modules,
                    int argc, char** argv);

}  // namespace rig
