#pragma once

#include <string>
#include <string_view>

namespace rig::proxy {

/// RFC 9110, 5.6.2: names of headers and methods.
[[nodiscard]] bool is_header_name(std::string_view text) noexcept;

/// RFC 9110, 5.5: no control characters, no white space at the ends; may be empty.
[[nodiscard]] bool is_header_value(std::string_view text) noexcept;

/// Why a text is no regular expression, in RE2's words; empty if it is one.
[[nodiscard]] std::string fault_of_regex(std::string_view regex);

/// Why a text is no path with `{name}` for segments; empty if it is one.
[[nodiscard]] std::string fault_of_path(std::string_view path);

/// Why a text is no `path_replacement`; empty if it is one.
[[nodiscard]] std::string fault_of_replacement(std::string_view replacement);

}  // namespace rig::proxy
