#pragma once

#include <string_view>

namespace rig {

/// Names a port in a module's descriptor. A port is a small abstract class in the `include/` folder
/// of the module that owns the idea, with `static constexpr std::string_view kPort` and a protected
/// destructor.
struct PortKey {
  std::string_view name;
  friend bool operator==(PortKey, PortKey) = default;
};

template <class Port>
constexpr PortKey port() {
  return PortKey{Port::kPort};
}

}  // namespace rig
