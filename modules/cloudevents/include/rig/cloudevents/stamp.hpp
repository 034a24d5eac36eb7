#pragma once

#include <chrono>
#include <string>

/// What tells an event of the gateway's own making from all others.
namespace rig::cloudevents {

/// A UUID of version 4, in lower case. Unique, but no secret. Any thread.
[[nodiscard]] std::string random_uuid();

/// RFC 3339 in UTC with microseconds: `2026-01-02T03:04:05.678901+00:00` (`events.md` 3).
[[nodiscard]] std::string format_rfc3339(std::chrono::system_clock::time_point time);

}  // namespace rig::cloudevents
