#include "io/process_metrics.hpp"

#include "io/shared_registry.hpp"
#include "logic/parsed_text.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <vector>

namespace rig::metrics {
namespace {

class ProcessMetrics : public testing::Test {
 protected:
  ProcessMetrics() { add_process_metrics(registry_); }
  [[nodiscard]] double at(const std::string& name) const {
    return parse_text(registry_.text()).at(name);
  }

 private:
  SharedRegistry registry_{1, true};
};

TEST_F(ProcessMetrics, MemoryIsCountedInBytes) {
  EXPECT_GT(at("process_resident_memory_bytes"), 100e3);
  EXPECT_LT(at("process_resident_memory_bytes"), 100e9);
  const double before = at("process_resident_memory_bytes");
  const std::vector<char> touched(64 << 20, 'x');
  EXPECT_GT(at("process_resident_memory_bytes"), before + 32e6);
  EXPECT_EQ(touched.back(), 'x');
}

TEST_F(ProcessMetrics, EachOpenFileIsCounted) {
  const double before = at("process_open_fds");
  std::vector<int> files;
  for (int i = 0; i < 10; ++i) files.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(at("process_open_fds"), before + 10);
  for (int file : files) ::close(file);
  EXPECT_EQ(at("process_open_fds"), before);
}

TEST_F(ProcessMetrics, LimitOfFilesIsTheSoftOne) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(at("process_max_fds"), static_cast<double>(limit.rlim_cur));
}

TEST_F(ProcessMetrics, CpuTimeGrowsWithWork) {
  const double before = at("process_cpu_seconds_total");
  EXPECT_GT(before, 0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  double after = before;
  while (after < before + 0.01 && std::chrono::steady_clock::now() < deadline) {
    after = at("process_cpu_seconds_total");
  }
  EXPECT_GE(after, before + 0.01);
}

TEST_F(ProcessMetrics, StartIsInThePast) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LE(at("process_start_time_seconds"), now.count() + 1);
  EXPECT_GT(at("process_start_time_seconds"), now.count() - 3600);
}

}  // namespace
}  // namespace rig::metrics
