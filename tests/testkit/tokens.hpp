#pragma once

#include "child_process.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace testkit {

/// The key of the tokens below, for JWT_SECRET_KEY.
inline constexpr std::string_view kTokenSecret = "a secret of 32 bytes and some more";

/// A JWT (RFC 7519) by HS256 with these claims, a JSON object as it is.
[[nodiscard]] std::string token_of(std::string_view claims, std::string_view secret = kTokenSecret);

/// The token of a session that ends after `lifetime`; `more` are further claims: `"a":1`.
[[nodiscard]] std::string session_token(std::string_view session, std::string_view more = {},
                                        std::chrono::seconds lifetime = std::chrono::hours(1));

/// Adds a test failure if the program's log has one of the tokens that were made here, or the key.
void expect_no_token_in_log(const ChildProcess& program);

}  // namespace testkit
