#include "logic/claim_values.hpp"

#include "logic/json_text.hpp"
#include "logic/subscription_parser.hpp"

#include <rig/cloudevents/codec.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <utility>

namespace rig::subscriptions {
namespace json = boost::json;
using cloudevents::FieldValue;

namespace {

/// RFC 6901 section 4: digits without a leading zero.
const json::value* element(const json::array& array, std::string_view token) noexcept {
  if (token.size() > 1 && token[0] == '0') return nullptr;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc{} || end != token.data() + token.size()) return nullptr;
  return array.if_contains(index);
}

const json::value* find(const json::object& claims, const cloudevents::JsonPointer& pointer) {
  const json::value* found = nullptr;
  for (const std::string& token : pointer.tokens) {
    const json::object* object = found == nullptr ? &claims : found->if_object();
    const json::array* array = found == nullptr ? nullptr : found->if_array();
    if (object != nullptr) {
      found = object->if_contains(token);
    } else {
      found = array == nullptr ? nullptr : element(*array, token);
    }
    if (found == nullptr) return nullptr;
  }
  return found;
}

template <class Number>
std::string digits(Number number) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

/// The JSON parser rounds some numbers of 16 and more digits to a neighbour. One that the client
/// could not send back is no value: it must not match anything else than what the token says.
ClaimValue value_of(double number) {
  if (!std::isfinite(number)) return {};
  std::string text = digits(number);
  FieldValue value(number);
  if (scalar(JsonText(text)) != value) return {};
  return {std::move(value), std::move(text)};
}

/// Nothing for what is no scalar.
ClaimValue value_of(const json::value& claim) {
  switch (claim.kind()) {
    case json::kind::bool_:
      return {FieldValue(claim.get_bool()), claim.get_bool() ? "true" : "false"};
    case json::kind::int64: return {FieldValue(claim.get_int64()), digits(claim.get_int64())};
    case json::kind::uint64: return {FieldValue(claim.get_uint64()), digits(claim.get_uint64())};
    case json::kind::double_: return value_of(claim.get_double());
    case json::kind::string: {
      const std::string_view text = claim.get_string();
      return {FieldValue(text), cloudevents::quote_json(text)};
    }
    case json::kind::null:
    case json::kind::array:
    case json::kind::object: break;
  }
  return {};
}

}  // namespace

ClaimValues::ClaimValues(const json::object& claims, const cloudevents::JsonPointer& pointer) {
  const json::value* claim = find(claims, pointer);
  if (claim == nullptr) return;
  if (const json::array* array = claim->if_array()) {
    for (const json::value& of_array : *array) add(of_array);
  } else {
    add(*claim);
  }
}

void ClaimValues::add(const json::value& claim) {
  ClaimValue value = value_of(claim);
  if (value.value.is_nothing()) return;
  if (places_.emplace(value.value, values_.size()).second) values_.push_back(std::move(value));
}

std::span<const ClaimValue> ClaimValues::only(const FieldValue& value) const {
  const auto at = places_.find(value);
  return at == places_.end() ? std::span<const ClaimValue>() : all().subspan(at->second, 1);
}

}  // namespace rig::subscriptions
