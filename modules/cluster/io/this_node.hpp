#pragma once

#include "logic/member.hpp"

#include <rig/core/lifecycle.hpp>
#include <rig/core/ref.hpp>
#include <rig/metrics/open_connections.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/peers/node_identity.hpp>

#include <string>

namespace rig::cluster {

/// What this node says of itself, but for its part in the cluster. Any thread.
class ThisNode {
 public:
  ThisNode(const peers::NodeIdentity& identity, Ref<const Lifecycle> lifecycle,
           metrics::Registry& registry);

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] Member member() const;

 private:
  const std::string id_;
  const std::string name_;
  const Member::Time since_;
  Ref<const Lifecycle> lifecycle_;
  const metrics::OpenConnections connections_;
};

}  // namespace rig::cluster
