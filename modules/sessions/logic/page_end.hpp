#pragma once

#include "logic/session_table.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rig::sessions {

/// Where a page of sessions ends.
struct PageEnd {
  std::string last;  ///< its last session
  bool has_more;     ///< there are sessions behind it
  bool operator==(const PageEnd&) const = default;
};

/// The page with at most so many members, though at least one session, of what the shards have
/// (`SessionTable::after`); nothing if they have nothing.
[[nodiscard]] std::optional<PageEnd> page_end(
    std::span<const std::vector<SessionTable::Count>> shards, std::size_t members_max);

}  // namespace rig::sessions
