#include "logic/header_attributes.hpp"

#include "logic/header_value.hpp"
#include "logic/media_type.hpp"
#include "logic/text.hpp"
#include "logic/utf8.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <algorithm>
#include <utility>

namespace rig::cloudevents {
namespace {

constexpr std::string_view kHeaderPrefix = "ce-";

bool is_attribute_header(std::string_view name) noexcept {
  return name.size() >= kHeaderPrefix.size() &&
         equals_ignoring_case(name.substr(0, kHeaderPrefix.size()), kHeaderPrefix);
}

}  // namespace

Reasoned<HeaderAttributes> read_attributes(std::span<const Header> headers) {
  HeaderAttributes attributes;
  attributes.reserve(std::min(headers.size(), kHeaderAttributesMax));
  for (const auto& [header, raw_value] : headers) {
    if (!is_attribute_header(header)) continue;
    if (attributes.size() == kHeaderAttributesMax) {
      return std::string("there are more than 128 ce- headers");
    }
    std::string name = lower_case(header.substr(kHeaderPrefix.size()));
    if (!is_token(name)) return std::string("the name of a ce- header is not an attribute's");
    if (find(attributes, name) != nullptr) return about_header(name, "is repeated");
    const std::string_view raw = trim(raw_value, kHeaderBlanks);
    std::string value = decode_header_value(raw);
    if (!is_utf8(value)) return about_header(name, "is not UTF-8");
    attributes.push_back({std::move(name), raw, std::move(value)});
  }
  return attributes;
}

const HeaderAttribute* find(const HeaderAttributes& attributes, std::string_view name) noexcept {
  const auto found = std::ranges::find(attributes, name, &HeaderAttribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

bool has_version_header(std::span<const Header> headers) noexcept {
  return std::ranges::any_of(headers, [](const Header& header) {
    if (!is_attribute_header(header.first)) return false;
    const std::string_view name = header.first.substr(kHeaderPrefix.size());
    return equals_ignoring_case(name, kVersionHeader) ||
           equals_ignoring_case(name, kVersionHeader01);
  });
}

std::string about_header(std::string_view attribute, std::string_view problem) {
  std::string reason = "the header \"ce-";
  reason += attribute;
  reason += "\" ";
  reason += problem;
  return reason;
}

}  // namespace rig::cloudevents
