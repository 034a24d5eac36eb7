#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace rig {

/// A time in UTC as RFC 3339 has it, in the years 0 to 9999, with as many digits of a second as
/// `Duration` has: three of milliseconds, six of microseconds. `zone`: `Z`, or `+00:00`.
template <class Duration>
[[nodiscard]] std::string utc_text(std::chrono::sys_time<Duration> time, const char* zone = "Z") {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss<Duration> clock(time - midnight);
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%0*d%s",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.fractional_width), static_cast<int>(clock.subseconds().count()), zone);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace rig
