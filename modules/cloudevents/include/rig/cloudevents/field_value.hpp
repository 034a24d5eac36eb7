#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace rig::cloudevents {

/// A scalar that a constraint can compare: string, number or boolean; or nothing (absent, null,
/// object, array). Numbers that are equal are the same value: 30 and 30.0. The hash is computed
/// once, when it is made.
class FieldValue {
 public:
  FieldValue() = default;  ///< nothing
  explicit FieldValue(bool value);
  explicit FieldValue(std::int64_t value);
  explicit FieldValue(std::uint64_t value);
  explicit FieldValue(double value);
  explicit FieldValue(std::string_view value);
  explicit FieldValue(const char* value) : FieldValue(std::string_view(value)) {}

  [[nodiscard]] bool is_nothing() const noexcept {
    return std::holds_alternative<std::monostate>(value_);
  }
  [[nodiscard]] std::size_t hash() const noexcept { return hash_; }
  /// Nothing equals nothing here; that nothing satisfies no constraint is the matcher's rule.
  friend bool operator==(const FieldValue& a, const FieldValue& b) noexcept {
    return a.hash_ == b.hash_ && a.value_ == b.value_;
  }

 private:
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string> value_;
  std::size_t hash_ = 0;
};

}  // namespace rig::cloudevents
