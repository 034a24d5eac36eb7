#pragma once

#include <string_view>

namespace rig::nats {

/// Tokens of printable characters without blanks, separated by dots, none of them empty. Where
/// messages are sent to: without the wildcards `*` and `>`.
[[nodiscard]] bool is_subject(std::string_view text) noexcept;

/// The same with wildcards: `*` for one token, `>` as the last one for all that follow. Where
/// messages come from.
[[nodiscard]] bool is_subject_pattern(std::string_view text) noexcept;

}  // namespace rig::nats
