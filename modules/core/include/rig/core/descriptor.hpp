#pragma once

#include <rig/core/port.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace rig {

class Module;
class ModuleContext;

/// How a module declares itself; `constinit`, one per module, listed in the program by CMake.
struct Descriptor {
  std::string_view name;
  std::span<const PortKey> needs;  ///< exactly one provider each
  std::span<const PortKey> provides;
  std::span<const PortKey> collects;  ///< lists, possibly empty
  std::span<const PortKey> contributes;
  std::unique_ptr<Module> (*create)(
      ModuleContext& context);  ///< reads settings, wires ports; no I/O
};

}  // namespace rig
