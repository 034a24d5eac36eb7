#pragma once

#include <string>
#include <string_view>

namespace rig::cloudevents {

inline constexpr std::string_view kJsonBlanks = " \t\r\n";  ///< RFC 8259 section 2
inline constexpr std::string_view kHeaderBlanks = " \t";    ///< RFC 9110 section 5.6.3

/// `text` without the blanks at its ends.
std::string_view trim(std::string_view text, std::string_view blanks) noexcept;

/// Compares ASCII without regard to case.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// `text` with its ASCII letters in lower case.
std::string to_lower(std::string_view text);

}  // namespace rig::cloudevents
