#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::peers {

/// Which gateway of a cluster; random, another one at each start.
using NodeId = std::uint64_t;

inline constexpr NodeId kNoNode = 0;

/// 16 hexadecimal digits of lower case.
[[nodiscard]] std::string text_of(NodeId node);
/// Nothing if it is no such text, or `kNoNode`.
[[nodiscard]] std::optional<NodeId> parse_node_id(std::string_view text) noexcept;

}  // namespace rig::peers
