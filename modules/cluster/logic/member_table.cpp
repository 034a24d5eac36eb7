#include "logic/member_table.hpp"

#include <utility>

namespace rig::cluster {

MemberTable::Heard MemberTable::hear(Member member, Time now) {
  const auto found = nodes_.find(member.id);
  const bool was_there = found != nodes_.end();
  if (member.state == Member::kGone) {
    if (!was_there) return Heard::kNothing;
    nodes_.erase(found);
    return Heard::kLeft;
  }
  if (was_there) {
    found->second = {std::move(member), now};
    return Heard::kNews;
  }
  if (nodes_.size() >= kNodesMax) return Heard::kTooMany;
  auto id = member.id;
  nodes_.emplace(std::move(id), Entry{std::move(member), now});
  return Heard::kJoined;
}

std::vector<Member> MemberTable::expire(Time now) {
  std::vector<Member> gone;
  std::erase_if(nodes_, [&gone, now](auto& node) {
    if (now - node.second.heard < kSilenceMax) return false;
    gone.push_back(std::move(node.second.member));
    return true;
  });
  return gone;
}

std::vector<Member> MemberTable::list() const {
  std::vector<Member> members;
  members.reserve(nodes_.size());
  for (const auto& [id, entry] : nodes_) members.push_back(entry.member);
  return members;
}

}  // namespace rig::cluster
