#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rig::jwt {

/// What is wrong with the URL that keys are fetched from; empty: nothing. Whoever can change the
/// answer can make tokens, so it is https, or http of this machine.
[[nodiscard]] std::string fault_of_jwks_url(std::string_view url);

/// How long an answer may be used by its `Cache-Control` (RFC 9111, 5.2.2): zero for `no-store` and
/// `no-cache`, nothing if it does not say.
[[nodiscard]] std::optional<std::chrono::seconds> max_age_of(std::string_view cache_control);

}  // namespace rig::jwt
