#pragma once

#include <string_view>

namespace rig::proxy {

/// RFC 9110, 5.6.2: names of headers and methods.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// RFC 9110, 5.5: no control characters, no white space at the ends; may be empty.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;

}  // namespace rig::proxy
