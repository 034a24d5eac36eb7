#include "io/this_node.hpp"

#include <rig/core/build_info.hpp>

#include <boost/asio/ip/host_name.hpp>

#include <chrono>
#include <string_view>
#include <utility>

namespace rig::cluster {
namespace {

std::string name_of_the_machine() {
  boost::system::error_code unknown;
  return boost::asio::ip::host_name(unknown);
}

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

ThisNode::ThisNode(std::string id, std::string name, Ref<const Lifecycle> lifecycle, metrics::Registry& registry)
    : id_(std::move(id)),
      name_(name.empty() ? name_of_the_machine() : std::move(name)),
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
