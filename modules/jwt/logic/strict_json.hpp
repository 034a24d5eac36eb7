#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace rig::jwt {

/// A JSON object of a stranger: depth bounded, UTF-8, nothing after its end, and no two members of
/// the same name at any level (RFC 7515, 4 and RFC 7519, 4): two programs could read two things.
/// Members per object are bounded too, so that no choice of names makes the table slow.
[[nodiscard]] std::optional<boost::json::object> parse_header(std::string_view text);
/// The same with room for more: claims, whose signature was checked before, and sets of keys.
[[nodiscard]] std::optional<boost::json::value> parse_document(std::string_view text);

}  // namespace rig::jwt
