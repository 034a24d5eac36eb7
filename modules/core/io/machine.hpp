#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace rig::core {

/// The CPUs that this process may use, by affinity and by cgroup limits. `root` stands before
/// `/proc` and `/sys`, for tests.
[[nodiscard]] std::size_t cpus_of_process(const std::filesystem::path& root = {});

/// Lets the process open as many files, and so connections, as the administrator allows. Returns
/// that number.
std::uint64_t raise_open_files_limit();

}  // namespace rig::core
