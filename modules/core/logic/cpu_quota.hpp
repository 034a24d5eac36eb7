#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::core {

/// How many CPUs the kernel lets this process use. The texts are files of the cgroup file systems.

/// CPUs by a version 2 group's `cpu.max` (`150000 100000` is 1.5); empty if there is no limit.
[[nodiscard]] std::optional<double> quota_of_cpu_max(std::string_view text);

/// CPUs by a version 1 group's `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
[[nodiscard]] std::optional<double> quota_of_cfs(std::string_view quota, std::string_view period);

/// Folders below the cgroup mount that limit this process, from its own group up to the root: a
/// limit of any of them holds.
struct CgroupFolders {
  std::vector<std::string> unified;  ///< version 2
  std::vector<std::string> cpu;      ///< version 1, its cpu controller
};
[[nodiscard]] CgroupFolders cgroup_folders(std::string_view proc_self_cgroup);

/// The number of shards: at least one, and a started CPU counts as a whole one.
[[nodiscard]] std::size_t usable_cpus(std::size_t affinity, std::optional<double> quota);

}  // namespace rig::core
