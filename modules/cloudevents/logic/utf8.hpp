#pragma once

#include <cstddef>
#include <string_view>

namespace rig::cloudevents {

/// Bytes of the valid UTF-8 sequence that `text` starts with: 1 to 4, or 0 if it starts with none
/// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). `text` is not empty.
std::size_t utf8_sequence_length(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

/// True if valid UTF-8 has one of the control characters that CloudEvents 1.0.2 section 3 bans from
/// strings: U+0000 to U+001F and U+007F to U+009F.
bool has_control_character(std::string_view text) noexcept;

}  // namespace rig::cloudevents
