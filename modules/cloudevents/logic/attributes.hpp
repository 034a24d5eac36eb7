#pragma once

#include "logic/json_document.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/cloudevents/field_plan.hpp>

#include <boost/system/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::cloudevents {

/// Types are looked up before anything is known about their producer, so they are bounded.
inline constexpr std::size_t kTypeBytesMax = 256;

/// The members of an event that the specification knows. In the order in which binary mode writes
/// them.
enum class Member : std::uint8_t {
  kVersion,
  kType,
  kTypeVersion,
  kSource,
  kId,
  kTime,
  kSubject,
  kContentType,
  kSchema,
  kContentEncoding,
  kData,
  kDataBase64,
};
inline constexpr std::size_t kMemberCount = static_cast<std::size_t>(Member::kDataBase64) + 1;

/// What one version of the specification calls them; empty if it has no such member.
struct Vocabulary {
  SpecVersion version;
  std::string_view number;  ///< the value of the version attribute
  std::array<std::string_view, kMemberCount> names;

  [[nodiscard]] std::string_view name(Member member) const noexcept {
    return names[static_cast<std::size_t>(member)];
  }
};

const Vocabulary& vocabulary(SpecVersion version) noexcept;

/// The version whose `specversion` is `number`; 0.1 has another attribute.
std::optional<SpecVersion> version_of(std::string_view number) noexcept;

/// A value, or the reason why there is none, in words that follow a prefix and a colon.
template <class T>
using Reasoned = boost::system::result<T, std::string>;

/// Checks the attributes of the event that `document` holds and makes the event, with `json` as its
/// text. The document's strings may lie in `json`, which is moved from last.
Reasoned<EventRef> make_event(const JsonDocument& document, std::string&& json,
                              const FieldPlans& plans);

}  // namespace rig::cloudevents
