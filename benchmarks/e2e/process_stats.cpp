#include "process_stats.hpp"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace rig::bench {
namespace {

std::filesystem::path folder_of(pid_t pid) {
  return std::filesystem::path("/proc") / std::to_string(pid);
}

Nanos cpu_of_threads(const std::filesystem::path& process) {
  Nanos total{0};
  std::error_code error;  // a thread may end while we look
  for (const auto& thread : std::filesystem::directory_iterator(process / "task", error)) {
    std::ifstream in(thread.path() / "schedstat");
    Nanos::rep on_core = 0;
    if (in >> on_core) {
      total += Nanos{on_core};
    }
  }
  return total;
}

Nanos own_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + Nanos{time.tv_nsec};
}

Nanos machine_busy() {
  std::ifstream in("/proc/stat");
  std::string name;
  std::uint64_t user = 0, nice = 0, system = 0, idle = 0, io_wait = 0, irq = 0, soft_irq = 0;
  in >> name >> user >> nice >> system >> idle >> io_wait >> irq >> soft_irq;
  const auto ticks = user + nice + system + irq + soft_irq;
  return from_seconds(static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

}  // namespace

ProcessMemory process_memory(pid_t pid) {
  ProcessMemory memory;
  std::ifstream in(folder_of(pid) / "smaps_rollup");
  for (std::string line; std::getline(in, line);) {
    const auto kilobytes = [&line] { return std::stoull(line.substr(line.find(':') + 1)); };
    if (line.starts_with("Rss:")) {
      memory.rss_bytes = kilobytes() * 1024;
    } else if (line.starts_with("Pss:")) {
      memory.pss_bytes = kilobytes() * 1024;
    }
  }
  return memory;
}

double Usage::other_cores() const {
  const Nanos others = machine_busy - server_cpu - own_cpu;
  return wall > Nanos{0} ? to_seconds(others) / to_seconds(wall) : 0;
}

Usage& Usage::operator+=(const Usage& more) {
  wall += more.wall;
  server_cpu += more.server_cpu;
  own_cpu += more.own_cpu;
  machine_busy += more.machine_busy;
  return *this;
}

Usage usage_now(pid_t server) {
  return {now(), cpu_of_threads(folder_of(server)), own_cpu(), machine_busy()};
}

Usage operator-(const Usage& later, const Usage& earlier) {
  return {later.wall - earlier.wall, later.server_cpu - earlier.server_cpu,
          later.own_cpu - earlier.own_cpu, later.machine_busy - earlier.machine_busy};
}

bool process_exists(pid_t pid) {
  std::error_code error;
  return pid > 0 && std::filesystem::exists(folder_of(pid) / "task", error);
}

}  // namespace rig::bench
