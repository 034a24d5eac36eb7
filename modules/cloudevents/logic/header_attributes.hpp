#pragma once

#include "logic/attributes.hpp"

#include <rig/cloudevents/codec.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cloudevents {

/// `ce-` headers of one message, the known attributes included.
inline constexpr std::size_t kHeaderAttributesMax = 128;

inline constexpr std::string_view kVersionHeader = "specversion";
inline constexpr std::string_view kVersionHeader01 = "cloudeventsversion";

/// One `ce-` header.
struct HeaderAttribute {
  std::string name;      ///< lower case, without `ce-`
  std::string_view raw;  ///< as it stands in the header
  std::string value;     ///< UTF-8
};
using HeaderAttributes = std::vector<HeaderAttribute>;

/// The `ce-` headers in their order, no two with the same name.
Reasoned<HeaderAttributes> read_attributes(std::span<const Header> headers);

/// Null if there is none.
const HeaderAttribute* find(const HeaderAttributes& attributes, std::string_view name) noexcept;

/// True if the headers say which version of CloudEvents they follow.
bool has_version_header(std::span<const Header> headers) noexcept;

/// `the header "ce-<attribute>" <problem>`
std::string about_header(std::string_view attribute, std::string_view problem);

}  // namespace rig::cloudevents
