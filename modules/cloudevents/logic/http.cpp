#include "logic/binary.hpp"
#include "logic/header_attributes.hpp"
#include "logic/media_type.hpp"
#include "logic/structured.hpp"
#include "logic/text.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/ascii.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace rig::cloudevents {
namespace {

enum class Mode : std::uint8_t { kStructured, kBatch, kBinary };

DecodeError invalid(std::string_view prefix, std::string_view reason) {
  std::string message(prefix);
  message += reason;
  return {DecodeError::Kind::kInvalid, std::move(message)};
}

DecodeError unsupported(std::string message) {
  return {DecodeError::Kind::kUnsupported, std::move(message)};
}

DecodeError unsupported_format(const MediaType& media, std::string_view mode) {
  std::string message = "The given content-type \"" + media.essence();
  message += "\" is currently not supported for ";
  message += mode;
  message += " mode.";
  return unsupported(std::move(message));
}

/// The table of `events.md` 9, with batches.
Decoded<Mode> mode_of(const MediaType& media, bool has_version) {
  if (equals_ignoring_case(media.type, "application")) {
    const std::string subtype = lower_case(media.subtype);
    if (subtype == "cloudevents+json") return Mode::kStructured;
    if (subtype == "cloudevents-batch+json" || subtype == "cloudevents-batch") return Mode::kBatch;
    if (subtype.starts_with("cloudevents+")) return unsupported_format(media, "structured");
    if (subtype.starts_with("cloudevents-batch+")) return unsupported_format(media, "batch");
    if (subtype == "json" && !has_version) return Mode::kStructured;
  }
  return Mode::kBinary;
}

Decoded<Delivery> decode_structured_message(std::string body, const FieldPlans& plans) {
  JsonDocument document;
  auto event = decode_event(document, std::move(body), plans);
  if (!event) {
    return invalid("The request body does not look like a CloudEvent: ", event.error());
  }
  Delivery delivery;
  delivery.events.push_back(std::move(*event));
  return delivery;
}

Decoded<Delivery> decode_batch_message(std::string_view body, const FieldPlans& plans) {
  auto events = decode_batch(body, plans);
  if (!events) {
    return invalid("The request body does not look like a batch of CloudEvents: ", events.error());
  }
  return Delivery{std::move(*events), true};
}

Decoded<Delivery> decode_binary_message(const HttpMessage& message,
                                        std::optional<std::string_view> content_type,
                                        const FieldPlans& plans) {
  auto event = decode_binary(message.headers, content_type, message.body, plans);
  if (!event) return event.error();
  Delivery delivery;
  delivery.events.push_back(std::move(*event));
  return delivery;
}

struct ContentType {
  std::string_view value;
  std::size_t count = 0;
};

ContentType find_content_type(std::span<const Header> headers) noexcept {
  ContentType found;
  for (const auto& [name, value] : headers) {
    if (!equals_ignoring_case(name, "content-type")) continue;
    found.value = trim(value, kHeaderBlanks);
    ++found.count;
  }
  return found;
}

}  // namespace

Decoded<Delivery> decode_http(HttpMessage message, const FieldPlans& plans) {
  const ContentType content_type = find_content_type(message.headers);
  const bool has_version = has_version_header(message.headers);
  if (content_type.count == 0) {
    // An event without data has nothing to state the type of.
    if (has_version && message.body.empty()) {
      return decode_binary_message(message, std::nullopt, plans);
    }
    return unsupported("The request has no content-type header.");
  }
  if (content_type.count > 1) return unsupported("The content-type header is repeated.");
  const auto media = MediaType::parse(content_type.value);
  if (!media) return unsupported("The content-type header is not a media type.");

  const auto mode = mode_of(*media, has_version);
  if (!mode) return mode.error();
  switch (*mode) {
    case Mode::kStructured: return decode_structured_message(std::move(message.body), plans);
    case Mode::kBatch: return decode_batch_message(message.body, plans);
    case Mode::kBinary: break;
  }
  return decode_binary_message(message, content_type.value, plans);
}

}  // namespace rig::cloudevents
