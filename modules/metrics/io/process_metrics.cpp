#include "io/process_metrics.hpp"

#include "io/shared_registry.hpp"
#include "logic/proc_text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

namespace rig::metrics {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// The kernel writes these files when they are read: no disk, no waiting.
std::string read_proc_file(const char* path) {
  std::array<char, 4096> buffer;
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

double clock_seconds(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return kUnknown;
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double resident_bytes() {
  const auto pages = resident_pages(read_proc_file("/proc/self/statm"));
  if (!pages) return kUnknown;
  return static_cast<double>(*pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_fds() {
  // Since Linux 6.2 the folder's size is the number; before, one has to count, which takes
  // milliseconds with tens of thousands of connections.
  struct stat info{};
  if (::stat("/proc/self/fd", &info) != 0) return kUnknown;
  if (info.st_size > 0) return static_cast<double>(info.st_size);

  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return kUnknown;
  double entries = 0;
  while (::readdir(folder) != nullptr) ++entries;
  ::closedir(folder);
  return entries - 3;  // ".", ".." and the folder itself
}

double max_fds() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kUnknown;
  return static_cast<double>(limit.rlim_cur);
}

/// In Unix time.
double start_time() {
  const auto ticks = start_ticks(read_proc_file("/proc/self/stat"));
  if (!ticks) return kUnknown;
  const double boot = clock_seconds(CLOCK_REALTIME) - clock_seconds(CLOCK_BOOTTIME);
  return boot + static_cast<double>(*ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

void add_process_metrics(SharedRegistry& registry) {
  registry.gauge_of({"process_resident_memory_bytes", "Resident memory size in bytes"}, {},
                    resident_bytes);
  registry.gauge_of({"process_open_fds", "Number of open file descriptors"}, {}, open_fds);
  registry.gauge_of({"process_max_fds", "Maximum number of open file descriptors"}, {}, max_fds);
  registry.counter_of(
      {"process_cpu_seconds_total", "Total user and system CPU time spent in seconds"}, {},
      [] { return clock_seconds(CLOCK_PROCESS_CPUTIME_ID); });
  // Once: a step of the machine's clock must not look like a restart.
  registry.gauge_of(
      {"process_start_time_seconds", "Start time of the process since Unix epoch in seconds"}, {},
      [at = start_time()] { return at; });
}

}  // namespace rig::metrics
