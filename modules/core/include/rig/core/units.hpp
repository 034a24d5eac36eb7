#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::core {

/// How users write numbers, sizes and times in settings; each parser wants the whole text and
/// returns nothing for what it does not understand or what does not fit.

[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
/// `4096`, `64KiB`, `1MiB`, `2GiB`; the unit in any case.
[[nodiscard]] std::optional<std::int64_t> parse_bytes(std::string_view text);
/// `250ms`, `15s`, `5m`, `1h`; a bare number is in milliseconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// `true`, `1`, `yes`, `false`, `0`, `no`, in any case.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// In the largest unit that needs no fraction: `64KiB`, `1500ms`.
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string bytes_to_text(std::int64_t bytes);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace rig::core
