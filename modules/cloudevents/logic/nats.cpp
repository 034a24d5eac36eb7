#include "logic/binary.hpp"
#include "logic/header_attributes.hpp"
#include "logic/header_value.hpp"
#include "logic/media_type.hpp"
#include "logic/structured.hpp"
#include "logic/text.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/ascii.hpp>

#include <optional>
#include <utility>

namespace rig::cloudevents {
namespace {

constexpr std::string_view kContentType = "content-type";
constexpr std::string_view kDataContentType = "ce-datacontenttype";

std::optional<std::string_view> find_header(std::span<const Header> headers,
                                            std::string_view wanted) {
  for (const auto& [name, value] : headers) {
    if (equals_ignoring_case(name, wanted)) return trim(value, kHeaderBlanks);
  }
  return std::nullopt;
}

DecodeError unsupported_format(const MediaType& media) {
  return {DecodeError::Kind::kUnsupported,
          "the content-type \"" + media.essence() + "\" is not supported"};
}

Decoded<Delivery> only(Decoded<EventRef> event) {
  if (!event) return std::move(event).error();
  Delivery delivery;
  delivery.events.push_back(*std::move(event));
  return delivery;
}

Decoded<Delivery> decode_events(std::string_view body, const FieldPlans& plans) {
  auto events = decode_batch(body, plans);
  if (!events) return DecodeError{DecodeError::Kind::kInvalid, events.error()};
  return Delivery{*std::move(events), true};
}

/// In NATS the type of the data is an attribute like any other (binding, 3.1.3.1); what speaks HTTP
/// at heart puts it into the content type.
Decoded<EventRef> decode_attributes(const Message& message,
                                    std::optional<std::string_view> content_type,
                                    const FieldPlans& plans) {
  std::vector<Header> headers;
  std::optional<std::string> data_type;
  for (const Header& header : message.headers) {
    if (!equals_ignoring_case(header.first, kDataContentType)) {
      headers.push_back(header);
    } else if (data_type) {
      return DecodeError{DecodeError::Kind::kInvalid,
                         about_header("datacontenttype", "is repeated")};
    } else {
      data_type = decode_header_value(trim(header.second, kHeaderBlanks));
    }
  }
  if (data_type) content_type = *data_type;
  if (content_type && !MediaType::parse(*content_type)) {
    return DecodeError{DecodeError::Kind::kInvalid, "the type of the data is not a media type"};
  }
  return decode_binary(headers, content_type, message.body, plans);
}

}  // namespace

Decoded<Delivery> decode_nats(Message message, const FieldPlans& plans) {
  const auto content_type = find_header(message.headers, kContentType);
  const auto media = MediaType::parse(content_type.value_or(""));
  if (media && equals_ignoring_case(media->type, "application")) {
    const std::string subtype = lower_case(media->subtype);
    if (subtype == "cloudevents" || subtype == "cloudevents+json")
      return only(decode_structured(std::move(message.body), plans));
    if (subtype == "cloudevents-batch" || subtype == "cloudevents-batch+json")
      return decode_events(message.body, plans);
    if (subtype.starts_with("cloudevents+") || subtype.starts_with("cloudevents-batch+"))
      return unsupported_format(*media);
  }
  if (has_version_header(message.headers))
    return only(decode_attributes(message, content_type, plans));
  return only(decode_structured(std::move(message.body), plans));
}

}  // namespace rig::cloudevents
