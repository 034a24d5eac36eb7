#pragma once

#include <rig/core/journal.hpp>
#include <rig/core/task.hpp>
#include <rig/proxy/api_entry.hpp>

#include <string_view>
#include <vector>

namespace rig::proxy {

/// The API definitions as other nodes see them. Of two entries of one id the one with the higher
/// `ref_number` holds; of equal ones the later, then that of the higher node name; so merging in
/// any order, any number of times, gives the same on every node.
class ApiReplica {
 public:
  static constexpr std::string_view kPort = "proxy.api_replica";

  /// All entries that are known, those of deleted APIs too.
  virtual Task<std::vector<ApiEntry>> snapshot_entries() = 0;
  /// Takes what another node knows; done when every shard uses what is new in it.
  virtual Task<> merge(std::vector<ApiEntry> entries) = 0;
  /// Changes that are asked for are agreed on by it before they are in force; those of files are in
  /// force and then told. Set once, before the start; without one this node is alone.
  virtual void connect(Journal<ApiEntry>& journal) = 0;

 protected:
  ~ApiReplica() = default;
};

}  // namespace rig::proxy
