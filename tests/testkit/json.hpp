#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

/// The value at an RFC 6901 pointer: a string without quotes and escapes, anything else as compact
/// JSON. Nothing if there is none. Throws Failure if `document` is not JSON.
[[nodiscard]] std::optional<std::string> json_at(std::string_view document,
                                                 std::string_view pointer);

/// The items of the array there, each as compact JSON; none if there is no array.
[[nodiscard]] std::vector<std::string> json_items(std::string_view document,
                                                  std::string_view pointer);

/// Whether both are JSON and mean the same; member order and white space do not count.
[[nodiscard]] bool same_json(std::string_view a, std::string_view b);

}  // namespace testkit
