#include "logic/structured.hpp"

#include <rig/cloudevents/codec.hpp>

#include <utility>

namespace rig::cloudevents {

std::string invalid_json(JsonFault fault) {
  return "invalid JSON: " + std::string(describe(fault));
}

Reasoned<EventRef> decode_event(JsonDocument& document, std::string json, const FieldPlans& plans) {
  if (json.empty()) return std::string("it is empty");
  document.clear();
  if (const JsonFault fault = document.parse(json); fault != JsonFault::kNone) {
    return invalid_json(fault);
  }
  return make_event(document, std::move(json), plans);
}

Decoded<EventRef> decode_structured(std::string json, const FieldPlans& plans) {
  JsonDocument document;
  auto event = decode_event(document, std::move(json), plans);
  if (!event) return DecodeError{DecodeError::Kind::kInvalid, event.error()};
  return std::move(*event);
}

}  // namespace rig::cloudevents
