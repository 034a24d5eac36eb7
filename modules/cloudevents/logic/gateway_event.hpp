#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rig::cloudevents {

/// A UUID of version 4 (RFC 9562 section 5.4) in lower case from 128 random bits.
std::string format_uuid(std::array<std::uint64_t, 2> random_bits);

/// The text of a gateway's event (`events.md` 3): members in alphabetical order, compact.
std::string gateway_event_json(std::string_view type, std::string_view data_json,
                               std::string_view id, std::chrono::system_clock::time_point time);

}  // namespace rig::cloudevents
