#include <rig/core/module.hpp>

namespace rig {

Task<> Module::start() { co_return; }
Task<> Module::drain(Deadline) { co_return; }
Task<> Module::stop(Deadline) { co_return; }

}  // namespace rig
