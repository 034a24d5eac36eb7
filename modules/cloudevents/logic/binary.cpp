#include "logic/binary.hpp"

#include "logic/base64.hpp"
#include "logic/event_writer.hpp"
#include "logic/header_attributes.hpp"
#include "logic/media_type.hpp"
#include "logic/text.hpp"
#include "logic/utf8.hpp"

#include <rig/core/ascii.hpp>

#include <string>
#include <utility>

namespace rig::cloudevents {
namespace {

constexpr std::string_view kExtensionPrefix01 = "x-";
constexpr std::size_t kBytesPerAttribute = 64;  // a guess of what most need

/// Where a header's value goes in the event; nothing: it is an extension.
std::optional<Member> member_of(const Vocabulary& words, std::string_view name) noexcept {
  for (std::size_t i = 0; i < kMemberCount; ++i) {
    if (equals_ignoring_case(words.names[i], name)) return static_cast<Member>(i);
  }
  return std::nullopt;
}

/// These come from the content type and the body.
bool is_from_body(Member member) noexcept {
  return member == Member::kContentType || member == Member::kContentEncoding ||
         member == Member::kData || member == Member::kDataBase64;
}

bool is_before_03(SpecVersion version) noexcept {
  return version == SpecVersion::k01 || version == SpecVersion::k02;
}

/// What one message is made of. The writer's document keeps views of it.
struct BinaryMessage {
  const Vocabulary& words;
  const HeaderAttributes& attributes;
  std::optional<std::string_view> content_type;
  std::string_view body;
  std::string body_base64;  // the body, if it is neither JSON nor UTF-8
};

/// Versions before 0.3 have no attribute for JSON data; `application/json` is what they mean by
/// none (`events.md` 9).
bool names_content_type(const BinaryMessage& message) {
  if (!message.content_type) return false;
  const auto media = MediaType::parse(*message.content_type);
  return !is_before_03(message.words.version) || !media || !media->is("application", "json");
}

void write_attributes(EventWriter& writer, const BinaryMessage& message) {
  for (std::size_t i = 0; i < kMemberCount; ++i) {
    const std::string_view name = message.words.names[i];
    if (static_cast<Member>(i) == Member::kContentType && names_content_type(message)) {
      writer.add_string(name, *message.content_type);
      continue;
    }
    if (name.empty()) continue;
    for (const HeaderAttribute& attribute : message.attributes) {
      if (equals_ignoring_case(attribute.name, name)) writer.add_string(name, attribute.value);
    }
  }
}

void write_extensions(EventWriter& writer, const BinaryMessage& message) {
  const SpecVersion version = message.words.version;
  bool is_object_open = false;
  for (const HeaderAttribute& attribute : message.attributes) {
    if (member_of(message.words, attribute.name)) continue;
    std::string_view name = attribute.name;
    if (version == SpecVersion::k01) {
      if (!is_object_open) writer.begin_object("extensions");
      is_object_open = true;
      if (name.starts_with(kExtensionPrefix01)) name.remove_prefix(kExtensionPrefix01.size());
    }
    if (is_before_03(version)) {
      writer.add_json_or_string(name, attribute.raw, attribute.value);
    } else {
      writer.add_string(name, attribute.value);
    }
  }
  if (is_object_open) writer.end_object();
}

/// The reason why the body cannot be data; empty if it can.
std::string write_data(EventWriter& writer, BinaryMessage& message) {
  if (message.body.empty()) return {};
  const Vocabulary& words = message.words;
  const auto media = MediaType::parse(message.content_type.value_or(""));
  if (media && media->is_json()) {
    const JsonFault fault =
        writer.add_json(words.name(Member::kData), trim(message.body, kJsonBlanks));
    if (fault == JsonFault::kNone) return {};
    return "the body is not the JSON that its content-type promises: " +
           std::string(describe(fault));
  }
  if (is_utf8(message.body)) {
    writer.add_string(words.name(Member::kData), message.body);
    return {};
  }
  message.body_base64 = encode_base64(message.body);
  if (words.version == SpecVersion::k10) {
    writer.add_string(words.name(Member::kDataBase64), message.body_base64);
    return {};
  }
  if (words.version == SpecVersion::k03) {
    writer.add_string(words.name(Member::kContentEncoding), "base64");
  }
  writer.add_string(words.name(Member::kData), message.body_base64);
  return {};
}

Reasoned<EventRef> write_event(BinaryMessage message, const FieldPlans& plans) {
  for (const HeaderAttribute& attribute : message.attributes) {
    const auto member = member_of(message.words, attribute.name);
    if (member && is_from_body(*member)) {
      return about_header(attribute.name,
                          "is not allowed; the request's content-type and body say it");
    }
  }
  EventWriter writer(message.body.size() + kBytesPerAttribute * (message.attributes.size() + 1));
  write_attributes(writer, message);
  write_extensions(writer, message);
  if (std::string reason = write_data(writer, message); !reason.empty()) return reason;
  return writer.finish(plans);
}

DecodeError refuse(std::string_view reason) {
  std::string message =
      "Your request looks like it's using the CloudEvents binary content mode but can't be "
      "parsed: ";
  message += reason;
  return {DecodeError::Kind::kInvalid, std::move(message)};
}

Decoded<SpecVersion> find_version(const HeaderAttributes& attributes) {
  const HeaderAttribute* current = find(attributes, kVersionHeader);
  if (current != nullptr) {
    if (const auto version = version_of(current->value)) return *version;
  }
  const HeaderAttribute* old = find(attributes, kVersionHeader01);
  if (old != nullptr && old->value == "0.1") return SpecVersion::k01;

  std::string message =
      "Your request looks like it's using the CloudEvents binary content mode, but the ";
  if (current != nullptr) {
    message += "ce-specversion header is none of \"1.0\", \"0.3\" and \"0.2\".";
  } else if (old != nullptr) {
    message += "ce-cloudeventsversion header is not \"0.1\".";
  } else {
    message += "ce-specversion header is missing.";
  }
  return DecodeError{DecodeError::Kind::kInvalid, std::move(message)};
}

}  // namespace

Decoded<EventRef> decode_binary(std::span<const Header> headers,
                                std::optional<std::string_view> content_type, std::string_view body,
                                const FieldPlans& plans) {
  const auto attributes = read_attributes(headers);
  if (!attributes) return refuse(attributes.error());
  const auto version = find_version(*attributes);
  if (!version) return version.error();

  BinaryMessage message{vocabulary(*version), *attributes, content_type, body, {}};
  auto event = write_event(std::move(message), plans);
  if (!event) return refuse(event.error());
  return std::move(*event);
}

}  // namespace rig::cloudevents
