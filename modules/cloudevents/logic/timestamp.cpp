#include "logic/timestamp.hpp"

#include <rig/core/rfc3339.hpp>

#include <cstddef>

namespace rig::cloudevents {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Takes `count` digits off the front; -1 if they are not there.
int take_number(std::string_view& rest, std::size_t count) noexcept {
  if (rest.size() < count) return -1;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(rest[i])) return -1;
    number = number * 10 + (rest[i] - '0');
  }
  rest.remove_prefix(count);
  return number;
}

bool take_one_of(std::string_view& rest, std::string_view choices) noexcept {
  if (rest.empty() || choices.find(rest[0]) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

bool is_between(int number, int min, int max) noexcept { return number >= min && number <= max; }

bool take_date(std::string_view& rest) noexcept {
  const int year = take_number(rest, 4);
  if (year < 0 || !take_one_of(rest, "-")) return false;
  const int month = take_number(rest, 2);
  if (month < 0 || !take_one_of(rest, "-")) return false;
  const int day = take_number(rest, 2);
  if (day < 0) return false;
  return std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

bool take_time(std::string_view& rest) noexcept {
  if (!is_between(take_number(rest, 2), 0, 23) || !take_one_of(rest, ":")) return false;
  if (!is_between(take_number(rest, 2), 0, 59) || !take_one_of(rest, ":")) return false;
  if (!is_between(take_number(rest, 2), 0, 60)) return false;
  if (take_one_of(rest, ".")) {
    if (take_number(rest, 1) < 0) return false;
    while (!rest.empty() && is_digit(rest[0])) rest.remove_prefix(1);
  }
  return true;
}

bool take_offset(std::string_view& rest) noexcept {
  if (take_one_of(rest, "Zz")) return true;
  return take_one_of(rest, "+-") && is_between(take_number(rest, 2), 0, 23) &&
         take_one_of(rest, ":") && is_between(take_number(rest, 2), 0, 59);
}

}  // namespace

bool is_rfc3339(std::string_view text) noexcept {
  return take_date(text) && take_one_of(text, "Tt") && take_time(text) && take_offset(text) &&
         text.empty();
}

std::string format_rfc3339(std::chrono::system_clock::time_point time) {
  return utc_text(std::chrono::floor<std::chrono::microseconds>(time), "+00:00");
}

}  // namespace rig::cloudevents
