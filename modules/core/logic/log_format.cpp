#include "logic/log_format.hpp"

#include <rig/core/escape.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>
#include <variant>

namespace rig::log {

using core::append_escaped;
using core::append_json_string;
using core::append_quoted;
using core::cut;

namespace {

constexpr std::size_t kValueBytesMax = 4096;
constexpr std::string_view kRequestId = "request_id";

std::string_view severity(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo:
    case Level::kNotice: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  return "error";
}

std::string_view gcl_severity(Level level) {
  switch (level) {
    case Level::kDebug: return "DEBUG";
    case Level::kInfo:
    case Level::kNotice: return "INFO";
    case Level::kWarn: return "WARNING";
    case Level::kError: return "ERROR";
  }
  return "DEFAULT";
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_padded(std::string& out, long long number, std::size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out.append(digits);
}

/// `12:35:36.237`
void append_clock(std::string& out, std::chrono::milliseconds since_midnight) {
  const std::chrono::hh_mm_ss clock(since_midnight);
  append_padded(out, clock.hours().count(), 2);
  out.push_back(':');
  append_padded(out, clock.minutes().count(), 2);
  out.push_back(':');
  append_padded(out, clock.seconds().count(), 2);
  out.push_back('.');
  append_padded(out, clock.subseconds().count(), 3);
}

/// `2022-08-12T20:07:13.123Z` (RFC 3339)
void append_timestamp(std::string& out, std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  append_padded(out, static_cast<int>(date.year()), 4);
  out.push_back('-');
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('T');
  append_clock(out, std::chrono::floor<std::chrono::milliseconds>(time - day));
  out.push_back('Z');
}

/// The file's path within the repository: paths of the build machine are nobody's business.
std::string_view source_file(std::string_view path) {
  for (const std::string_view root : {"modules/", "services/"}) {
    const auto start = path.rfind(root);
    if (start != std::string_view::npos) return path.substr(start);
  }
  return path.substr(path.rfind('/') + 1);
}

/// `transport` of `modules/transport/io/listener.cpp`
std::string_view module_of(std::string_view path) {
  const std::string_view file = source_file(path);
  const auto start = file.find('/');
  if (start == std::string_view::npos) return {};
  const auto end = file.find('/', start + 1);
  if (end == std::string_view::npos) return {};
  return file.substr(start + 1, end - start - 1);
}

void append_plain_value(std::string& out, std::string_view text) {
  const bool is_bare = !text.empty() && text.find_first_of(" \"=[]") == std::string_view::npos &&
                       core::is_printable(text);
  if (is_bare) {
    out.append(text);
  } else {
    append_quoted(out, text);
  }
}

void append_plain(std::string& out, const Field::Value& value) {
  std::visit(
      [&out](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          append_plain_value(out, cut(v, kValueBytesMax));
        } else if constexpr (std::is_same_v<T, bool>) {
          out.append(v ? "true" : "false");
        } else {
          append_number(out, v);
        }
      },
      value);
}

void append_json(std::string& out, const Field::Value& value) {
  std::visit(
      [&out](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          append_json_string(out, cut(v, kValueBytesMax));
        } else if constexpr (std::is_same_v<T, bool>) {
          out.append(v ? "true" : "false");
        } else if constexpr (std::is_same_v<T, double>) {
          if (std::isfinite(v)) {
            append_number(out, v);
          } else {
            out.append("null");  // JSON has no infinity
          }
        } else {
          append_number(out, v);
        }
      },
      value);
}

void append_json_fields(std::string& out, std::span<const Field> fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_string(out, fields[i].key());
    out.push_back(':');
    append_json(out, fields[i].value());
  }
}

void append_json_head(std::string& out, const Line& line, std::string_view severity_name) {
  out.append(R"({"time":")");
  append_timestamp(out, line.time);
  out.append(R"(","severity":")").append(severity_name).append(R"(","message":)");
  append_json_string(out, cut(line.message, kValueBytesMax));
}

std::string format_plain(const Line& line) {
  std::string out;
  const auto local = line.time + line.utc_offset;
  append_clock(out, std::chrono::floor<std::chrono::milliseconds>(
                        local - std::chrono::floor<std::chrono::days>(local)));
  if (const std::string_view module = module_of(line.file); !module.empty())
    out.append(" module=").append(module);
  for (const Field& field : line.fields) {
    out.push_back(' ');
    append_escaped(out, field.key());
    out.push_back('=');
    append_plain(out, field.value());
  }
  out.append(" [").append(severity(line.level)).append("] ");
  append_escaped(out, cut(line.message, kValueBytesMax));
  return out;
}

std::string format_json(const Line& line) {
  std::string out;
  append_json_head(out, line, severity(line.level));
  out.append(R"(,"metadata":{)");
  append_json_fields(out, line.fields);
  out.append("}}");
  return out;
}

std::string format_gcl(const Line& line) {
  std::string out;
  append_json_head(out, line, gcl_severity(line.level));
  if (!line.fields.empty()) out.push_back(',');
  append_json_fields(out, line.fields);
  out.append(R"(,"logging.googleapis.com/sourceLocation":{"file":)");
  append_json_string(out, source_file(line.file));
  out.append(R"(,"line":)");
  append_number(out, line.line_number);
  out.push_back('}');
  if (const auto id = std::ranges::find(line.fields, kRequestId, &Field::key);
      id != line.fields.end()) {
    out.append(R"(,"logging.googleapis.com/operation":{"id":)");
    append_json(out, id->value());
    out.push_back('}');
  }
  out.push_back('}');
  return out;
}

}  // namespace

std::string format(Format format, const Line& line) {
  switch (format) {
    case Format::kJson: return format_json(line);
    case Format::kGcl: return format_gcl(line);
    case Format::kPlain: break;
  }
  return format_plain(line);
}

}  // namespace rig::log
