#pragma once

#include "logic/attributes.hpp"
#include "logic/json_document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rig::cloudevents {

/// Like `decode_structured`, with a document whose memory is used again, and with the bare reason.
Reasoned<EventRef> decode_event(JsonDocument& document, std::string json, const FieldPlans& plans);

/// "invalid JSON: …"
std::string invalid_json(JsonFault fault);

/// The elements of a JSON array, without the blanks around them. They are split apart, not checked:
/// each must be parsed, and if each is JSON, the whole was.
Reasoned<std::vector<std::string_view>> split_batch(std::string_view text);

/// Decodes a batch (JSON format 1.0.2 section 4); no event at all is a batch too.
Reasoned<std::vector<EventRef>> decode_batch(std::string_view text, const FieldPlans& plans);

}  // namespace rig::cloudevents
