#pragma once

#include <string>
#include <string_view>

namespace rig::cloudevents {

/// Appends `text` to `json` as a JSON string with its quotes; bytes that are not UTF-8 become
/// U+FFFD, so the result is always valid JSON.
void append_quoted(std::string& json, std::string_view text);

}  // namespace rig::cloudevents
