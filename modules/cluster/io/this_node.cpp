#include "io/this_node.hpp"

#include <rig/core/build_info.hpp>

#include <boost/asio/ip/host_name.hpp>

#include <chrono>
#include <random>
#include <string_view>
#include <utility>

namespace rig::cluster {
namespace {

std::string random_id() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::random_device random;
  std::string id;
  for (int i = 0; i < 16; ++i) id += kHex[random() % kHex.size()];
  return id;
}

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

ThisNode::ThisNode(std::string name, Ref<const Lifecycle> lifecycle, metrics::Registry& registry)
    : id_(random_id()),
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
