#pragma once

#include <stdexcept>
#include <string>

namespace rig {

/// Thrown while modules are created and started; its text is the one line that the operator reads.
/// It ends the start with exit code 1. Nothing throws it after the start.
class StartupError : public std::runtime_error {
 public:
  explicit StartupError(const std::string& what) : std::runtime_error(what) {}
};

}  // namespace rig
