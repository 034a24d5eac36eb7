// rig_load: what one server does under a given load. See benchmarks/README.md.
// Exit status: 0 when every event arrived exactly once, whole and in order at every client; 1 if
// not; 2 when it could not run.

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "load_run.hpp"
#include "process_stats.hpp"
#include "replay_run.hpp"
#include "report.hpp"

namespace {

// A bystander's publishers, pollers, and what every process has open.
constexpr std::size_t kOtherFiles = 160;

template <class Result>
int report(const rig::bench::Options& options, const Result& result) {
  std::printf("%s\n", to_json(options, result).c_str());
  std::fprintf(stderr, "%s\n", to_line(options, result).c_str());
  return result.totals.is_clean() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rig::bench;
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::printf("%s", usage().c_str());
    return 0;
  }
  try {
    const Options options = parse_options(argc, argv);
    if (options.server_pid != 0 && !process_exists(options.server_pid)) {
      throw UsageError("--server-pid: no such process");
    }
    const std::uint64_t open_files = raise_open_files_limit();
    if (open_files < options.connections + options.publishers + kOtherFiles) {
      throw UsageError("--connections: only " + std::to_string(open_files) +
                       " files may be open here");
    }
    return options.replay > 0 ? report(options, ReplayRun(options).run())
                              : report(options, LoadRun(options).run());
  } catch (const UsageError& error) {
    std::fprintf(stderr, "rig_load: %s\n%s", error.what(), usage().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rig_load: %s\n", error.what());
  }
  return 2;
}
