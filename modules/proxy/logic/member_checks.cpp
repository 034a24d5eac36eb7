#include "logic/member_checks.hpp"

#include <rig/core/units.hpp>

#include <algorithm>

namespace rig::proxy {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

/// Of final answers (RFC 9110, 15).
constexpr std::int64_t kStatusMin = 200;
constexpr std::int64_t kStatusMax = 599;

std::optional<std::int64_t> integer_in(const json::value& value) {
  if (!value.is_int64()) return std::nullopt;
  return value.get_int64();
}

}  // namespace

std::optional<MemberChecks> MemberChecks::of(const json::object& owner, std::string_view name,
                                             const FaultList& faults) {
  const auto* value = member(owner, name);
  if (value == nullptr) return std::nullopt;
  if (const auto* object = value->if_object())
    return MemberChecks(*object, std::string(name), faults);
  faults.add(name, kMustBeObject);
  return std::nullopt;
}

void MemberChecks::add(std::string_view member, std::string_view reason) const {
  faults_.add(name_.empty() ? std::string(member) : name_ + "." + std::string(member), reason);
}

void MemberChecks::allow_only(std::initializer_list<std::string_view> members) const {
  for (const auto& [name, value] : object_) {
    const std::string_view known(name.data(), name.size());
    if (std::ranges::find(members, known) == members.end()) add(known, "is not known");
  }
}

void MemberChecks::allow_text(std::string_view member) const {
  const auto* value = proxy::member(object_, member);
  if (value != nullptr && !value->is_string()) add(member, kMustBeString);
}

void MemberChecks::allow_boolean(std::string_view member) const {
  const auto* value = proxy::member(object_, member);
  if (value != nullptr && !value->is_bool()) add(member, kMustBeBoolean);
}

void MemberChecks::allow_number(std::string_view member, std::int64_t min, std::int64_t max) const {
  const auto* value = proxy::member(object_, member);
  if (value == nullptr) return;
  const auto number = integer_in(*value);
  if (number && *number >= min && *number <= max) return;
  add(member, "must be integer from " + std::to_string(min) + " to " + std::to_string(max));
}

void MemberChecks::allow_duration(std::string_view member, milliseconds min,
                                  milliseconds max) const {
  const auto* value = proxy::member(object_, member);
  if (value == nullptr) return;
  const auto duration = duration_in(*value);
  if (duration && *duration >= min && *duration <= max) return;
  add(member, "must be a time from " + core::to_text(min) + " to " + core::to_text(max) +
                  ", in milliseconds or with a unit");
}

void MemberChecks::allow_statuses(std::string_view member) const {
  const auto* value = proxy::member(object_, member);
  if (value == nullptr) return;
  const auto is_status = [](const json::value& item) {
    const auto number = integer_in(item);
    return number && *number >= kStatusMin && *number <= kStatusMax;
  };
  if (value->is_array() && std::ranges::all_of(value->get_array(), is_status)) return;
  add(member, "must be a list of status codes from 200 to 599");
}

std::int64_t number_of(const json::object& object, std::string_view name, std::int64_t otherwise) {
  const auto* value = member(object, name);
  return value == nullptr ? otherwise : value->get_int64();
}

std::optional<milliseconds> duration_in(const json::value& value) {
  if (const auto number = integer_in(value)) return milliseconds(*number);
  const auto* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  return core::parse_duration({text->data(), text->size()});
}

milliseconds duration_of(const json::object& object, std::string_view name,
                         milliseconds otherwise) {
  const auto* value = member(object, name);
  return value == nullptr ? otherwise : duration_in(*value).value_or(otherwise);
}

std::vector<std::int64_t> numbers_of(const json::object& object, std::string_view name) {
  std::vector<std::int64_t> numbers;
  if (const auto* value = member(object, name)) {
    for (const auto& number : value->get_array()) numbers.push_back(number.get_int64());
  }
  return numbers;
}

}  // namespace rig::proxy
