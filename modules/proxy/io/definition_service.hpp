#pragma once

#include "config.hpp"
#include "io/definition_store.hpp"

#include <rig/core/journal.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/core/worker.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_definitions.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/proxy/api_set.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rig::proxy {

/// The ports of this module: a thread of its own makes each change and the set that comes of it;
/// then the set is carried to one shard after the other.
class DefinitionService final : public ApiDefinitions, public ApiReplica {
 public:
  /// `node`: what this gateway is called.
  DefinitionService(ProxyConfig config, std::string node, Shards& shards,
                    metrics::Registry& registry, CompileRoutes compile);

  Task<> start();  ///< on shard 0; awaited by the owner
  Task<> stop();   ///< safe to call twice, and without a start

  Task<ApiChange> create(boost::json::value definition) override;
  Task<ApiChange> replace(std::string id, boost::json::value definition) override;
  Task<ApiChange> remove(std::string id) override;
  Task<std::string> list() override;
  Task<std::optional<std::string>> get(std::string id) override;
  [[nodiscard]] const ApiSetRef& snapshot() const noexcept override {
    return per_shard_.local().set;
  }

  using Listener = std::function<void(const ApiSet& set)>;
  /// On a shard: calls `listener` there with the set in force, and with each that comes later in
  /// the turn in which `snapshot` begins to return it. One for each shard; an empty one ends it.
  void listen(Listener listener);

  Task<std::vector<ApiEntry>> snapshot_entries() override;
  Task<> merge(std::vector<ApiEntry> entries) override;
  void connect(Journal<ApiEntry>& journal) override { journal_ = &journal; }

 private:
  using Plan = DefinitionStore::Plan;

  /// What a shard uses.
  struct Current {
    ApiSetRef set;
    Listener listener;
  };

  template <class MakePlan>
  static Task<ApiChange> change(Ref<DefinitionService> self, MakePlan make_plan);
  template <class MakePlan>
  static Task<ApiChange> change_alone(Ref<DefinitionService> self, MakePlan make_plan);
  static Task<ApiChange> finish(Ref<DefinitionService> self, DefinitionStore::Applied applied);
  static Task<> carry(Ref<DefinitionService> self, ApiSetRef set);
  static Task<> take(Ref<DefinitionService> self, ApiSetRef set);
  void note_news() const noexcept;
  static Task<> watch_files(Ref<DefinitionService> self);
  static Task<> reload(Ref<DefinitionService> self);

  const std::chrono::milliseconds reload_interval_;
  Ref<Shards> shards_;
  Journal<ApiEntry>* journal_ = nullptr;  // null: there are no other nodes
  DefinitionStore store_;                 // used on the worker while that runs
  Worker worker_;
  Sharded<Current> per_shard_;
  TaskGroup tasks_;
};

}  // namespace rig::proxy
