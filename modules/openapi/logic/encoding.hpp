#pragma once

#include <string>
#include <string_view>

namespace rig::openapi {

/// Whether an `Accept-Encoding` takes gzip (RFC 9110, 12.5.3). Without one it does not: whoever
/// says nothing could not unpack it.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

/// What gzip has compressed.
[[nodiscard]] std::string unzipped(std::string_view gzipped);

/// A strong `ETag` (RFC 9110, 8.8.3): what gzip itself notes of the content, its CRC and its size.
[[nodiscard]] std::string tag_of(std::string_view gzipped);

/// Whether an `If-None-Match` names the tag (RFC 9110, 13.1.2).
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace rig::openapi
