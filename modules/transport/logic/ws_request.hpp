#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// The fresh token that a client sends on its WebSocket: the member `jwt` of a JSON object, if it
/// is a string that is not empty.
std::optional<std::string> token_in_message(std::string_view text);

}  // namespace rig::transport
