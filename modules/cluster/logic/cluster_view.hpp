#pragma once

#include "logic/member.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// The cluster as one node sees it.
struct ClusterView {
  std::string_view bus = "none";  ///< "none": this node is alone; "connected", "disconnected"
  Member self;
  std::vector<Member> others;
};

/// What `GET /v3/cluster` answers.
[[nodiscard]] std::string to_text(const ClusterView& view);

}  // namespace rig::cluster
