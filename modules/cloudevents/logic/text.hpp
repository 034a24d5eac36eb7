#pragma once

#include <string_view>

namespace rig::cloudevents {

inline constexpr std::string_view kJsonBlanks = " \t\r\n";  ///< RFC 8259 section 2
inline constexpr std::string_view kHeaderBlanks = " \t";    ///< RFC 9110 section 5.6.3

/// `text` without the blanks at its ends.
std::string_view trim(std::string_view text, std::string_view blanks) noexcept;

}  // namespace rig::cloudevents
