#pragma once

#include <rig/core/descriptor.hpp>

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::core {

/// Who provides and contributes what, while the modules are created one after the other. Each
/// module may only do what its descriptor declares; the rest throws a StartupError that names
/// module and port.
class PortTable {
 public:
  void begin(const Descriptor& module);  ///< the module whose calls follow
  void end();                            ///< checks that it provided what it declared
  void abandon() noexcept;               ///< it could not be created: forget what it gave

  [[nodiscard]] void* needed(PortKey port) const;
  void provided(PortKey port, void* implementation);
  void contributed(PortKey port, void* implementation);
  /// By the names of the contributing modules; of one module in the order of its calls.
  [[nodiscard]] std::vector<void*> collected(PortKey port) const;

  [[nodiscard]] bool has(PortKey port) const { return providers_.contains(port.name); }

 private:
  struct Provider {
    const Descriptor* module;
    void* implementation;
  };

  const Descriptor* module_ = nullptr;
  std::map<std::string_view, Provider> providers_;
  // (port, module) → what that module put into that list.
  std::map<std::pair<std::string_view, std::string_view>, std::vector<void*>> lists_;
};

}  // namespace rig::core
