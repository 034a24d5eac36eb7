#pragma once

#include <rig/proxy/api_definition.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace rig::proxy {

inline constexpr std::string_view kMustBeString = "must be string";
inline constexpr std::string_view kMustBeBoolean = "must be boolean";
inline constexpr std::string_view kMustBeObject = "must be object";
inline constexpr std::string_view kMustBePresent = "must be present";
inline constexpr std::string_view kMustBeJwt = R"(must be one of ["jwt"])";

/// A member, unless it is null, which counts as absent.
[[nodiscard]] inline const boost::json::value* member(const boost::json::object& object,
                                                      std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// The text of a member; empty if it is none.
[[nodiscard]] inline std::string_view text_of(const boost::json::object& object,
                                              std::string_view name) {
  const auto* value = member(object, name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

/// Exactly `true`.
[[nodiscard]] inline bool is_true(const boost::json::object& object, std::string_view name) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

/// Adds to a list of errors under one key.
class FaultList {
 public:
  FaultList(DefinitionErrors& errors, std::string key) : errors_(errors), key_(std::move(key)) {}

  void add(std::string_view field, std::string_view reason) const {
    errors_.push_back({key_, std::string(field), std::string(reason)});
  }

  /// Those of all keys so far.
  [[nodiscard]] std::size_t size() const noexcept { return errors_.size(); }

  /// A text that must be there and must not be empty; what there is of it.
  /// `prefix` stands before its name in the error.
  std::string_view require_text(const boost::json::object& object, std::string_view name,
                                std::string_view prefix = {}) const {
    const auto field = std::string(prefix).append(name);
    constexpr std::string_view kTooShort = "must have a length of at least 1";
    const auto* value = member(object, name);
    if (value == nullptr) {
      add(field, kMustBeString);
      add(field, kTooShort);
    } else if (!value->is_string()) {
      add(field, kMustBeString);
    } else if (value->get_string().empty()) {
      add(field, kTooShort);
    }
    return text_of(object, name);
  }

  void allow_text(const boost::json::object& object, std::string_view name) const {
    const auto* value = member(object, name);
    if (value != nullptr && !value->is_string()) add(name, kMustBeString);
  }

  void allow_boolean(const boost::json::object& object, std::string_view name) const {
    const auto* value = member(object, name);
    if (value != nullptr && !value->is_bool()) add(name, kMustBeBoolean);
  }

 private:
  DefinitionErrors& errors_;
  std::string key_;
};

}  // namespace rig::proxy
