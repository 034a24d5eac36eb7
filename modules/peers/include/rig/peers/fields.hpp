#pragma once

#include <charconv>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace rig::peers {

/// What nodes say to each other in a call: names and values, in order; values are any bytes. Who
/// reads passes over names that it does not know, so that nodes of different versions understand
/// each other.
class Fields {
 public:
  using Field = std::pair<std::string, std::string>;

  Fields() = default;
  Fields(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    for (const auto& [name, value] : fields) add(name, value);
  }

  /// `name`: no space and no line break.
  void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }
  /// The first value of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// The same, empty if there is none.
  [[nodiscard]] std::string text(std::string_view name) const {
    return std::string(find(name).value_or(std::string_view()));
  }
  /// The same as a number in decimal digits; nothing if it is none, or too large.
  template <class Number>
  [[nodiscard]] std::optional<Number> number(std::string_view name) const noexcept {
    const auto text = find(name).value_or(std::string_view());
    Number number = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
  }
  [[nodiscard]] std::span<const Field> all() const noexcept { return fields_; }

  /// `<name> <size>\n<value>\n` for each.
  [[nodiscard]] std::string to_text() const;
  static std::optional<Fields> parse(std::string_view text);

 private:
  std::vector<Field> fields_;
};

}  // namespace rig::peers
