#pragma once

#include <algorithm>
#include <string_view>

namespace rig::subscriptions {

/// Event types end up in lines of SSE streams and in logs.
[[nodiscard]] constexpr bool has_control_characters(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace rig::subscriptions
