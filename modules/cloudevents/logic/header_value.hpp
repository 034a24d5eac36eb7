#pragma once

#include <string>
#include <string_view>

namespace rig::cloudevents {

/// The attribute value that a `ce-` header carries (HTTP binding 1.0.2 section 3.1.3.2): a value in
/// double quotes is unescaped first, then one round of percent-decoding. A `%` without two hex
/// digits stays. The result may be invalid UTF-8; that is the caller's to refuse.
std::string decode_header_value(std::string_view value);

}  // namespace rig::cloudevents
