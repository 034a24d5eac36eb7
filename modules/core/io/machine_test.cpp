#include "io/machine.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <cstdlib>
#include <fstream>
#include <string>

namespace rig::core {
namespace {

/// A file system root of a test's own.
class Root {
 public:
  Root() {
    std::string name = (std::filesystem::temp_directory_path() / "rig-root-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Root() { std::filesystem::remove_all(path_); }

  void write(const std::string& file, const std::string& text) const {
    const auto path = path_.string() + file;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(Machine, WithoutCgroupsTheAffinityCounts) {
  const Root root;
  EXPECT_GE(cpus_of_process(root.path()), 1U);
}

TEST(Machine, LimitOfAParentGroupHolds) {
  const Root root;
  root.write("/proc/self/cgroup", "0::/pods/rig\n");
  root.write("/sys/fs/cgroup/pods/rig/cpu.max", "max 100000\n");
  root.write("/sys/fs/cgroup/pods/cpu.max", "50000 100000\n");
  EXPECT_EQ(cpus_of_process(root.path()), 1U);
}

TEST(Machine, LimitOfAVersionOneGroupHolds) {
  const Root root;
  root.write("/proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n");
  root.write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "100000\n");
  root.write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus_of_process(root.path()), 1U);
}

TEST(Machine, OpenFilesAreRaisedToTheHardLimit) {
  const auto allowed = raise_open_files_limit();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
  EXPECT_EQ(allowed, limit.rlim_cur);
}

}  // namespace
}  // namespace rig::core
