#include "config.hpp"

#include <rig/core/env.hpp>
#include <rig/core/shard_id.hpp>

#include <algorithm>

namespace rig::core {

using std::chrono::hours;
using std::chrono::milliseconds;

CoreConfig CoreConfig::from_env(EnvReader& env, std::size_t cpus) {
  CoreConfig c;
  env.module("core");
  constexpr auto kMost = static_cast<std::int64_t>(kShardsMax);
  c.shards = static_cast<std::size_t>(
      env.integer({"RIG_SHARDS",
                   "Threads that serve clients; unset: as many as affinity and cgroup give CPUs"},
                  Range{1, kMost})
          .value_or(std::clamp(static_cast<std::int64_t>(cpus), std::int64_t{1}, kMost)));
  c.shard_queue_max = static_cast<std::size_t>(env.integer(
      {"RIG_SHARD_QUEUE_MAX", "Messages that may wait for one shard before new events are refused"},
      static_cast<std::int64_t>(c.shard_queue_max), {64, 1 << 24}));
  c.log_level =
      static_cast<log::Level>(env.choice({"LOG_LEVEL", "Least severity that is logged"},
                                         log::kLevelNames, static_cast<std::size_t>(c.log_level)));
  c.log_format = static_cast<log::Format>(
      env.choice({"LOG_FMT",
                  "Form of the log: erlang is plain text, json one object per line, gcl "
                  "what Google Cloud Logging reads"},
                 log::kFormatNames, static_cast<std::size_t>(c.log_format)));
  c.timeouts.start =
      env.duration({"RIG_START_TIMEOUT", "Longest time that a module may take to start"},
                   c.timeouts.start, milliseconds(100), hours(24));
  c.timeouts.drain =
      env.duration({"RIG_DRAIN_TIMEOUT", "Time to finish what is in flight after a signal to stop"},
                   c.timeouts.drain, milliseconds(0), hours(24));
  c.timeouts.stop =
      env.duration({"RIG_STOP_TIMEOUT", "Time to stop after that; beyond: exit code 2"},
                   c.timeouts.stop, milliseconds(100), hours(1));
  return c;
}

}  // namespace rig::core
