#pragma once

#include <rig/cloudevents/stamp.hpp>

#include <string_view>

namespace rig::cloudevents {

/// True if `text` is a date-time of RFC 3339 section 5.6 with a day that exists. A leap second is
/// let through on any day.
bool is_rfc3339(std::string_view text) noexcept;

}  // namespace rig::cloudevents
