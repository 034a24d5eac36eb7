#pragma once

#include <string>
#include <string_view>

namespace rig::cloudevents {

/// RFC 4648 section 4, with padding.
std::string encode_base64(std::string_view bytes);

/// The same alphabet, padding required, no line breaks. The empty text is valid.
bool is_base64(std::string_view text) noexcept;

}  // namespace rig::cloudevents
