#pragma once
// The text of a flat JSON object, and printf into a string.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "histogram.hpp"

namespace rig::bench {

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);

/// a / b, or 0 if there is nothing to divide by.
double ratio(double a, double b);
inline double ratio(double a, std::uint64_t b) { return ratio(a, static_cast<double>(b)); }

class JsonObject {
 public:
  /// `text` has nothing to escape.
  void add(std::string_view name, std::string_view text);
  void add(std::string_view name, bool value) { add_raw(name, value ? "true" : "false"); }
  void add(std::string_view name, double value) { add_raw(name, format("%.6g", value)); }
  void add(std::string_view name, std::unsigned_integral auto value) {
    add_raw(name, std::to_string(value));
  }
  /// Its percentiles and maximum, in milliseconds.
  void add(const std::string& name, const Histogram& times);
  std::string str() const { return text_ + '}'; }

 private:
  void add_raw(std::string_view name, std::string_view value);

  std::string text_ = "{";
};

}  // namespace rig::bench
