#include "io/runtime_metrics.hpp"

#include "io/shared_registry.hpp"

#include <rig/core/build_info.hpp>
#include <rig/core/log_setup.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace rig::metrics {
namespace {

void add_build_info(SharedRegistry& registry) {
  const BuildInfo& build = build_info();
  Labels labels{{"version", std::string(build.version)},
                {"commit", std::string(build.commit)},
                {"compiler", std::string(build.compiler)}};
  registry.gauge_of({"rig_build_info", "What this program was built from; always 1"},
                    std::move(labels), [] { return 1.0; });
}

void add_shard(SharedRegistry& registry, const Shards& shards, ShardId shard) {
  const Labels labels{{"shard", std::to_string(shard)}};
  registry.gauge_of({"rig_shard_queue_depth", "Messages that wait for a shard"}, labels,
                    [&shards, shard] { return static_cast<double>(shards.load(shard).mailbox); });
  registry.gauge_of({"rig_shard_loop_lag_seconds", "How late the last tick of a shard came"},
                    labels, [&shards, shard] {
                      const std::chrono::duration<double> lag = shards.load(shard).loop_lag;
                      return lag.count();
                    });
}

}  // namespace

void add_runtime_metrics(SharedRegistry& registry, const Shards& shards) {
  add_build_info(registry);
  registry.gauge_of({"rig_shards", "Threads that serve connections"}, {},
                    [&shards] { return static_cast<double>(shards.count()); });
  for (std::size_t shard = 0; shard < shards.count(); ++shard) {
    add_shard(registry, shards, static_cast<ShardId>(shard));
  }
  registry.counter_of(
      {"rig_unexpected_errors_total", "Exceptions that left a coroutine; zero if all is well"}, {},
      [] { return static_cast<double>(unexpected_errors()); });
  registry.counter_of({"rig_log_lines_dropped_total",
                       "Log lines lost because they came faster than they could be written"},
                      {}, [] { return static_cast<double>(log::dropped()); });
}

}  // namespace rig::metrics
