#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rig::metrics {

/// What the kernel writes about a process, proc(5). Nothing if the text is not as expected.

/// Pages in memory, from /proc/self/statm.
[[nodiscard]] std::optional<std::uint64_t> resident_pages(std::string_view statm);

/// When the process started, in clock ticks since the machine did, from /proc/self/stat.
[[nodiscard]] std::optional<std::uint64_t> start_ticks(std::string_view stat);

}  // namespace rig::metrics
