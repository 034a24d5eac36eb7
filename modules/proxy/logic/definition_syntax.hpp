#pragma once

#include <string_view>

namespace rig::proxy {

/// RFC 9110, 5.5: no control characters, no white space at the ends; may be empty.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;

/// Why a text is no `path_replacement`; empty if it is one.
[[nodiscard]] std::string fault_of_replacement(std::string_view replacement);

}  // namespace rig::proxy
