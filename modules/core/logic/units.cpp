#include <rig/core/units.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace rig::core {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// From small to large, so that the last one that divides a number is the one to write it in.
constexpr std::array kByteUnits = {Unit{"", 1}, Unit{"KiB", std::int64_t{1} << 10},
                                   Unit{"MiB", std::int64_t{1} << 20},
                                   Unit{"GiB", std::int64_t{1} << 30}};
constexpr std::array kTimeUnits = {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000},
                                   Unit{"h", 3'600'000}};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits and a unit; no unit means a factor of one.
std::optional<std::int64_t> parse_amount(std::string_view text, std::span<const Unit> units) {
  const auto digits =
      static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
  const auto number = parse_integer(text.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string_view name = text.substr(digits);
  if (name.empty()) return number;
  const auto unit = std::ranges::find_if(
      units, [name](const Unit& u) { return equal_ignoring_case(u.name, name); });
  if (unit == units.end() || *number > std::numeric_limits<std::int64_t>::max() / unit->factor)
    return std::nullopt;
  return *number * unit->factor;
}

std::string amount_to_text(std::int64_t amount, std::span<const Unit> units) {
  const Unit* best = units.data();
  for (const Unit& unit : units) {
    if (amount != 0 && amount % unit.factor == 0) best = &unit;
  }
  return std::to_string(amount / best->factor).append(best->name);
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, upper, upper);
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), upper);
  return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  return parse_amount(text, kByteUnits);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto amount = parse_amount(text, kTimeUnits);
  if (!amount) return std::nullopt;
  return std::chrono::milliseconds(*amount);
}

std::optional<bool> parse_boolean(std::string_view text) {
  for (const std::string_view yes : {"true", "1", "yes"}) {
    if (equal_ignoring_case(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "0", "no"}) {
    if (equal_ignoring_case(text, no)) return false;
  }
  return std::nullopt;
}

std::string to_text(std::chrono::milliseconds duration) {
  return amount_to_text(duration.count(), kTimeUnits);
}

std::string bytes_to_text(std::int64_t bytes) { return amount_to_text(bytes, kByteUnits); }

}  // namespace rig::core
