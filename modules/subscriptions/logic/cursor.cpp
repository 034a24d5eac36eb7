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

void append_place(std::string& text, cloudevents::LogPlace place) {
  append_number(text, place.log);
  text += '-';
  append_number(text, place.position);
}

template <class Number>
bool take_number(std::string_view& text, Number& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, kBase);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char expected) noexcept {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_place(std::string_view& text, std::uint32_t& log, std::uint64_t& position) noexcept {
  return take_number(text, log) && take(text, '-') && take_number(text, position);
}

}  // namespace

void Cursor::append_to(std::string& text) const {
  append_place(text, {log, position});
  text += '-';
  append_number(text, seconds);
  for (const auto& place : elsewhere) {
    text += '_';
    append_place(text, place);
  }
}

std::string Cursor::text() const {
  std::string text;
  append_to(text);
  return text;
}

std::optional<Cursor> Cursor::parse(std::string_view text) noexcept {
  Cursor cursor;
  const bool is_cursor = text.size() <= kTextMax && take_place(text, cursor.log, cursor.position) &&
                         take(text, '-') && take_number(text, cursor.seconds);
  if (!is_cursor) return std::nullopt;
  while (!text.empty()) {
    auto& place = cursor.elsewhere.emplace_back();
    if (!take(text, '_') || !take_place(text, place.log, place.position)) return std::nullopt;
  }
  return cursor;
}

}  // namespace rig::subscriptions
