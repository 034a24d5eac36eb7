#include "io/this_node.hpp"

#include <rig/core/build_info.hpp>

#include <chrono>
#include <string_view>

namespace rig::cluster {
namespace {

std::string_view state_in(Phase phase) {
  switch (phase) {
    case Phase::kStarting: return Member::kJoining;
    case Phase::kServing: return Member::kServing;
    case Phase::kDraining:
    case Phase::kStopped: break;
  }
  return Member::kDraining;
}

}  // namespace

ThisNode::ThisNode(const peers::NodeIdentity& identity, Ref<const Lifecycle> lifecycle,
                   metrics::Registry& registry)
    : id_(peers::text_of(identity.id())),
      name_(identity.name()),
      since_(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())),
      lifecycle_(lifecycle),
      connections_(registry) {}

Member ThisNode::member() const {
  Member member;
  member.id = id_;
  member.name = name_;
  member.version = build_info().version;
  member.state = state_in(lifecycle_->phase());
  member.since = since_;
  member.connections = connections_.of_clients();
  return member;
}

}  // namespace rig::cluster
