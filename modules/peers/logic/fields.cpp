#include <rig/peers/fields.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace rig::peers {
namespace {

/// The first field of the text, which is taken off it; nothing if it begins with none.
std::optional<Fields::Field> take_field(std::string_view& text) {
  const auto line_end = text.find('\n');
  if (line_end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, line_end);
  const auto space = line.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const auto number = line.substr(space + 1);
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), size);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  text.remove_prefix(line_end + 1);
  if (size >= text.size() || text[size] != '\n') return std::nullopt;
  Fields::Field field(line.substr(0, space), text.substr(0, size));
  text.remove_prefix(size + 1);
  return field;
}

}  // namespace

std::optional<std::string_view> Fields::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(fields_, name, &Field::first);
  return found == fields_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::string Fields::to_text() const {
  std::string text;
  for (const auto& [name, value] : fields_)
    text.append(name)
        .append(" ")
        .append(std::to_string(value.size()))
        .append("\n")
        .append(value)
        .append("\n");
  return text;
}

std::optional<Fields> Fields::parse(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    auto field = take_field(text);
    if (!field) return std::nullopt;
    fields.fields_.push_back(*std::move(field));
  }
  return fields;
}

}  // namespace rig::peers
