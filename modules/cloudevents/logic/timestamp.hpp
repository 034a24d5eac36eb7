#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace rig::cloudevents {

/// True if `text` is a date-time of RFC 3339 section 5.6 with a day that exists. A leap second is
/// let through on any day.
bool is_rfc3339(std::string_view text) noexcept;

/// RFC 3339 in UTC with microseconds: `2026-01-02T03:04:05.678901+00:00` (`events.md` 3).
std::string format_rfc3339(std::chrono::system_clock::time_point time);

}  // namespace rig::cloudevents
