#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rig::jwt {

/// The bytes of base64url text as JOSE has it (RFC 7515, 2): no padding, no white space, no other
/// character, unused bits zero. So each byte sequence has one text, and nobody can change a token
/// without changing what it says.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace rig::jwt
