#include "logic/page_end.hpp"

#include <map>
#include <string_view>

namespace rig::sessions {

std::optional<PageEnd> page_end(std::span<const std::vector<SessionTable::Count>> shards,
                                std::size_t members_max) {
  std::map<std::string_view, std::size_t> sessions;
  for (const auto& shard : shards) {
    for (const auto& count : shard) sessions[count.session] += count.members;
  }
  if (sessions.empty()) return std::nullopt;
  PageEnd end{std::string(sessions.begin()->first), false};
  std::size_t members = 0;
  for (const auto& [name, count] : sessions) {
    members += count;
    end.has_more = members > members_max && name != sessions.begin()->first;
    if (end.has_more) break;
    end.last = name;
  }
  return end;
}

}  // namespace rig::sessions
