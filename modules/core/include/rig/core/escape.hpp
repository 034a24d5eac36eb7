#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rig::core {

/// Text from outside on its way to a terminal, a log or a JSON document: none of these may be able
/// to start a new line or to send a control sequence.

/// How many bytes of `text` form its first UTF-8 character; 0 if they do not form one.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// The start of `text`, at most `bytes_max` long and never cut within a character.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t bytes_max);

/// True if `text` holds no control character and is valid UTF-8.
[[nodiscard]] bool is_printable(std::string_view text);

/// Appends `text` with control characters as `\n`, `\t`, `\x1b`, … and broken UTF-8 as `\xff`.
void append_escaped(std::string& out, std::string_view text);

/// Appends `text` in double quotes; a quote and a backslash in it get a backslash before them.
void append_quoted(std::string& out, std::string_view text);

/// `text` in quotes for a sentence that shows a bad value; what is long is cut.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// One line for the operator, whatever `text` holds.
[[nodiscard]] std::string one_line(std::string_view text);

/// Appends `text` as a JSON string; broken UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace rig::core
