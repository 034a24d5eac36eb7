#include <rig/core/assert.hpp>
#include <rig/core/env.hpp>
#include <rig/core/escape.hpp>
#include <rig/core/units.hpp>

#include "logic/original_settings.hpp"
#include "logic/suggestions.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

namespace rig {

using core::in_quotes;

namespace {

constexpr std::size_t kFileBytesMax = 64U << 20;

std::string join(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out.append(", ");
    out.append(word);
  }
  return out;
}

std::string to_text(Range range) {
  const bool has_min = range.min != std::numeric_limits<std::int64_t>::min();
  const bool has_max = range.max != std::numeric_limits<std::int64_t>::max();
  if (has_min && has_max) return std::to_string(range.min) + " to " + std::to_string(range.max);
  if (has_min) return "at least " + std::to_string(range.min);
  if (has_max) return "at most " + std::to_string(range.max);
  return {};
}

/// "a whole number from 0 to 65535"
std::string whole_number(Range range) {
  const std::string allowed = to_text(range);
  if (allowed.empty()) return "a whole number";
  return (allowed.starts_with("at ") ? "a whole number of " : "a whole number from ") + allowed;
}

bool looks_like_json(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && (text[start] == '{' || text[start] == '[');
}

struct FileContent {
  std::optional<std::string> text;
  std::string error;  ///< why there is none, in the system's words
};

FileContent read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) return {std::nullopt, std::generic_category().message(errno)};
  std::string text;
  std::array<char, 65536> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), count);
    if (text.size() > kFileBytesMax)
      return {std::nullopt, "larger than " + core::bytes_to_text(kFileBytesMax)};
  }
  if (std::ferror(file.get()) != 0) return {std::nullopt, std::generic_category().message(errno)};
  return {std::move(text), {}};
}

}  // namespace

EnvSnapshot environment_of_process() {
  EnvSnapshot env;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line(*entry);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    env.emplace(line.substr(0, equals), line.substr(equals + 1));  // the first of two wins: getenv
  }
  return env;
}

EnvReader::EnvReader(EnvSnapshot env) : env_(std::move(env)) {}

void EnvReader::module(std::string_view name) { module_ = name; }

std::optional<std::string> EnvReader::look_up(const Setting& setting, std::string type,
                                              std::string default_value, std::string allowed,
                                              bool secret) {
  const bool is_text = type == "text";
  const auto known = std::ranges::find(records_, setting.name, &Record::name);
  if (known == records_.end()) {
    records_.push_back(Record{module_, std::string(setting.name), std::move(type),
                              std::move(default_value), std::move(allowed),
                              std::string(setting.help), secret});
  } else {
    const bool declared_twice_alike = known->type == type && known->secret == secret &&
                                      known->default_value == default_value &&
                                      known->allowed == allowed;
    RIG_ASSERT(declared_twice_alike);
  }
  const auto found = env_.find(setting.name);
  if (found == env_.end() || (found->second.empty() && !is_text)) return std::nullopt;
  return found->second;
}

void EnvReader::bad_value(const Setting& setting, std::string_view value,
                          std::string_view allowed) {
  problem(setting.name, "is " + in_quotes(value) + ", but must be " + std::string(allowed));
}

void EnvReader::problem(std::string_view name, std::string_view why) {
  std::string text = std::string(name) + ' ' + std::string(why);
  if (std::ranges::find(problems_, text) == problems_.end()) problems_.push_back(std::move(text));
}

void EnvReader::warning(std::string_view name, std::string_view what) {
  warnings_.push_back(std::string(name) + ' ' + std::string(what));
}

std::string EnvReader::text(Setting setting, std::string_view default_value) {
  return look_up(setting, "text", std::string(default_value), {})
      .value_or(std::string(default_value));
}

Secret EnvReader::secret(Setting setting) {
  return Secret(look_up(setting, "secret", {}, {}, true).value_or(std::string()));
}

std::int64_t EnvReader::integer(Setting setting, std::int64_t default_value, Range allowed) {
  const auto value = look_up(setting, "integer", std::to_string(default_value), to_text(allowed));
  if (!value) return default_value;
  const auto number = core::parse_integer(*value);
  if (number && *number >= allowed.min && *number <= allowed.max) return *number;
  bad_value(setting, *value, whole_number(allowed));
  return default_value;
}

std::optional<std::int64_t> EnvReader::integer(Setting setting, Range allowed) {
  const auto value = look_up(setting, "integer", {}, to_text(allowed));
  if (!value) return std::nullopt;
  const auto number = core::parse_integer(*value);
  if (number && *number >= allowed.min && *number <= allowed.max) return number;
  bad_value(setting, *value, whole_number(allowed));
  return std::nullopt;
}

bool EnvReader::boolean(Setting setting, bool default_value) {
  const auto value = look_up(setting, "boolean", default_value ? "true" : "false", "true, false");
  if (!value) return default_value;
  const auto parsed = core::parse_boolean(*value);
  if (!parsed) bad_value(setting, *value, "true, 1 or yes, or else false, 0 or no");
  return parsed.value_or(default_value);
}

std::size_t EnvReader::choice(Setting setting, std::span<const std::string_view> choices,
                              std::size_t default_value) {
  RIG_ASSERT(default_value < choices.size());
  const auto value = look_up(setting, "choice", std::string(choices[default_value]), join(choices));
  if (!value) return default_value;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (core::equal_ignoring_case(*value, choices[i])) return i;
  }
  bad_value(setting, *value, "one of " + join(choices));
  return default_value;
}

std::uint64_t EnvReader::bytes(Setting setting, std::uint64_t default_value, Range allowed) {
  RIG_ASSERT(allowed.min >= 0);
  const std::string range =
      core::bytes_to_text(allowed.min) + " to " + core::bytes_to_text(allowed.max);
  const auto value = look_up(setting, "bytes",
                             core::bytes_to_text(static_cast<std::int64_t>(default_value)), range);
  if (!value) return default_value;
  const auto amount = core::parse_bytes(*value);
  if (amount && *amount >= allowed.min && *amount <= allowed.max)
    return static_cast<std::uint64_t>(*amount);
  bad_value(setting, *value, "a number of bytes from " + range + ", like 65536 or 64KiB");
  return default_value;
}

std::chrono::milliseconds EnvReader::duration(Setting setting,
                                              std::chrono::milliseconds default_value,
                                              std::chrono::milliseconds min,
                                              std::chrono::milliseconds max) {
  const std::string range = core::to_text(min) + " to " + core::to_text(max);
  const auto value = look_up(setting, "duration (ms)", core::to_text(default_value), range);
  if (!value) return default_value;
  const auto parsed = core::parse_duration(*value);
  if (parsed && *parsed >= min && *parsed <= max) return *parsed;
  bad_value(setting, *value, "a time from " + range + ", like 250ms, 15s, 5m or 1h");
  return default_value;
}

std::optional<std::string> EnvReader::file_or_json(Setting setting) {
  auto value = look_up(setting, "file or JSON", {}, {});
  if (!value) return std::nullopt;
  FileContent file = read_file(*value);
  if (file.text) return std::move(file.text);
  if (looks_like_json(*value)) return value;
  problem(setting.name, "is neither a readable file nor JSON: cannot open " + in_quotes(*value) +
                            ": " + file.error);
  return std::nullopt;
}

std::vector<std::string> EnvReader::unknown() const {
  std::set<std::string_view> known = core::original_setting_names();
  for (const Record& record : records_) known.insert(record.name);
  return core::unknown_settings(env_, known);
}

}  // namespace rig
