#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace rig::sessions {

/// Lets a map of strings be asked with a view, without a copy.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept {
    return std::hash<std::string_view>()(name);
  }
};

}  // namespace rig::sessions
