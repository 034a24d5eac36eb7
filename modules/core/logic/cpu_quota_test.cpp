#include "logic/cpu_quota.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CpuQuota, VersionTwoLimitIsQuotaByPeriod) {
  EXPECT_EQ(quota_of_cpu_max("150000 100000\n"), 1.5);
  EXPECT_EQ(quota_of_cpu_max("max 100000\n"), std::nullopt);
  for (const char* bad : {"", "\n", "150000", "150000 0", "0 100000", "x y"})
    EXPECT_EQ(quota_of_cpu_max(bad), std::nullopt) << bad;
}

TEST(CpuQuota, VersionOneLimitIsQuotaByPeriod) {
  EXPECT_EQ(quota_of_cfs("200000\n", "100000\n"), 2.0);
  EXPECT_EQ(quota_of_cfs("-1\n", "100000\n"), std::nullopt);
  EXPECT_EQ(quota_of_cfs("", ""), std::nullopt);
}

TEST(CpuQuota, EveryGroupUpToTheRootCanLimit) {
  const auto folders = cgroup_folders("0::/system.slice/rig.service\n");
  EXPECT_THAT(folders.unified, ElementsAre("/system.slice/rig.service", "/system.slice", ""));
  EXPECT_THAT(folders.cpu, IsEmpty());
}

TEST(CpuQuota, RootOfAContainerIsLookedAt) {
  EXPECT_THAT(cgroup_folders("0::/\n").unified, ElementsAre(""));
}

TEST(CpuQuota, VersionOneHasTheCpuController) {
  const auto folders = cgroup_folders(
      "12:cpuset:/x\n4:cpuacct,cpu:/docker/abc\n1:name=systemd:/docker/abc\n0::/docker/abc\n");
  EXPECT_THAT(folders.cpu, ElementsAre("/cpu/docker/abc", "/cpu/docker", "/cpu"));
  EXPECT_THAT(folders.unified, ElementsAre("/docker/abc", "/docker", ""));
}

TEST(CpuQuota, GarbageMeansNoFolders) {
  EXPECT_THAT(cgroup_folders("nonsense\n::\n").unified, IsEmpty());
  EXPECT_THAT(cgroup_folders("").cpu, IsEmpty());
}

TEST(CpuQuota, SmallerOfAffinityAndQuotaCounts) {
  EXPECT_EQ(usable_cpus(8, std::nullopt), 8U);
  EXPECT_EQ(usable_cpus(8, 1.5), 2U);
  EXPECT_EQ(usable_cpus(8, 2.0), 2U);
  EXPECT_EQ(usable_cpus(8, 0.1), 1U);
  EXPECT_EQ(usable_cpus(2, 4.0), 2U);
  EXPECT_EQ(usable_cpus(0, std::nullopt), 1U);
}

}  // namespace
}  // namespace rig::core
