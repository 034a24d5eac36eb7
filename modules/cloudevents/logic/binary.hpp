#pragma once

#include <rig/cloudevents/codec.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace rig::cloudevents {

/// Decodes a message in binary mode (HTTP binding 1.0.2 section 3.1): attributes from the headers,
/// data from the body. `content_type` is a well-formed media type, or absent.
Decoded<EventRef> decode_binary(std::span<const Header> headers,
                                std::optional<std::string_view> content_type, std::string_view body,
                                const FieldPlans& plans);

}  // namespace rig::cloudevents
