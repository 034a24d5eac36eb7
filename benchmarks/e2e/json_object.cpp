#include "json_object.hpp"

#include <cstdarg>
#include <cstdio>

namespace rig::bench {

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

std::string format(const char* pattern, ...) {
  std::string text(512, '\0');
  va_list arguments;
  va_start(arguments, pattern);
  const int size = std::vsnprintf(text.data(), text.size(), pattern, arguments);
  va_end(arguments);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void JsonObject::add(std::string_view name, std::string_view text) {
  add_raw(name, '"' + std::string(text) + '"');
}

void JsonObject::add(const std::string& name, const Histogram& times) {
  add(name + "_p50_ms", to_millis(times.percentile(0.5)));
  add(name + "_p99_ms", to_millis(times.percentile(0.99)));
  add(name + "_p999_ms", to_millis(times.percentile(0.999)));
  add(name + "_max_ms", to_millis(times.max()));
}

void JsonObject::add_raw(std::string_view name, std::string_view value) {
  text_ += text_.size() > 1 ? ",\"" : "\"";
  text_.append(name).append("\":").append(value);
}

}  // namespace rig::bench
