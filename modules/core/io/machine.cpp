#include "io/machine.hpp"

#include "logic/cpu_quota.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

namespace rig::core {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  if (std::ifstream in(file); in) text << in.rdbuf();
  return text.str();
}

std::size_t cpus_by_affinity() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0)
    return static_cast<std::size_t>(CPU_COUNT(&set));
  return std::thread::hardware_concurrency();  // more CPUs than the set can hold
}

std::optional<double> smaller(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

std::size_t cpus_of_process(const std::filesystem::path& root) {
  const std::string mount = root.string() + "/sys/fs/cgroup";
  const CgroupFolders folders = cgroup_folders(text_of(root.string() + "/proc/self/cgroup"));
  std::optional<double> quota;
  for (const std::string& folder : folders.unified)
    quota = smaller(quota, quota_of_cpu_max(text_of(mount + folder + "/cpu.max")));
  for (const std::string& folder : folders.cpu)
    quota = smaller(quota, quota_of_cfs(text_of(mount + folder + "/cpu.cfs_quota_us"),
                                        text_of(mount + folder + "/cpu.cfs_period_us")));
  return usable_cpus(cpus_by_affinity(), quota);
}

std::uint64_t raise_open_files_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t allowed = limit.rlim_max;
  if (limit.rlim_cur < allowed) {
    limit.rlim_cur = allowed;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

}  // namespace rig::core
