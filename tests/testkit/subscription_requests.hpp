#pragma once

#include "http.hpp"

#include <string>
#include <string_view>

namespace testkit {

/// The path that the subscriptions of a connection are read and replaced at. `transport` is "sse",
/// "ws" or "longpolling".
[[nodiscard]] std::string subscriptions_path(std::string_view token,
                                             std::string_view transport = "sse");

/// A request that replaces them by these (a JSON array), and one that asks for them.
[[nodiscard]] HttpRequest put_subscriptions(std::string_view token,
                                            std::string_view subscriptions_json,
                                            std::string_view transport = "sse");
[[nodiscard]] HttpRequest get_subscriptions(std::string_view token,
                                            std::string_view transport = "sse");

}  // namespace testkit
