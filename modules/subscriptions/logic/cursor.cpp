#include <rig/subscriptions/cursor.hpp>

#include <array>
#include <charconv>
#include <system_error>

namespace rig::subscriptions {
namespace {

constexpr int kBase = 36;

template <class Number>
void append_number(std::string& text, Number number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, kBase).ptr;
  text.append(digits.data(), end);
}

template <class Number>
bool take_number(std::string_view& text, Number& number, bool is_last) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, kBase);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (is_last) return text.empty();
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

void Cursor::append_to(std::string& text) const {
  append_number(text, log);
  text += '-';
  append_number(text, position);
  text += '-';
  append_number(text, seconds);
}

std::string Cursor::text() const {
  std::string text;
  append_to(text);
  return text;
}

std::optional<Cursor> Cursor::parse(std::string_view text) noexcept {
  Cursor cursor;
  const bool is_cursor = text.size() <= kTextMax && take_number(text, cursor.log, false) &&
                         take_number(text, cursor.position, false) &&
                         take_number(text, cursor.seconds, true);
  if (!is_cursor) return std::nullopt;
  return cursor;
}

}  // namespace rig::subscriptions
