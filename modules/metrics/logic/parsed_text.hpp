#pragma once

/// For tests: Prometheus text read back by code that shares nothing with the writer.

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rig::metrics {

struct ParsedText {
  std::map<std::string, double> samples;     ///< by `name{label="value",…}` as written
  std::map<std::string, std::string> types;  ///< by family
  std::map<std::string, std::string> helps;
  std::vector<std::string> families;  ///< in the order of the page

  [[nodiscard]] double at(const std::string& sample) const {
    const auto found = samples.find(sample);
    if (found == samples.end()) throw std::out_of_range("no sample " + sample);
    return found->second;
  }
};

namespace detail {

inline void parse_comment(std::string_view line, ParsedText& parsed) {
  const auto name_end = line.find(' ', 7);
  const std::string name(line.substr(7, name_end - 7));
  const std::string rest(line.substr(name_end + 1));
  if (line.starts_with("# HELP ")) {
    if (!parsed.helps.emplace(name, rest).second) throw std::runtime_error("second HELP " + name);
    parsed.families.push_back(name);
  } else if (line.starts_with("# TYPE ")) {
    if (!parsed.types.emplace(name, rest).second) throw std::runtime_error("second TYPE " + name);
  } else {
    throw std::runtime_error("odd comment " + std::string(line));
  }
}

inline void parse_sample(std::string_view line, ParsedText& parsed) {
  const auto gap = line.rfind(' ');
  const std::string number(line.substr(gap + 1));
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (gap == std::string_view::npos || number.empty() || *end != '\0') {
    throw std::runtime_error("no value in " + std::string(line));
  }
  if (!parsed.samples.emplace(line.substr(0, gap), value).second) {
    throw std::runtime_error("twice: " + std::string(line));
  }
}

}  // namespace detail

/// Throws if a line is malformed or a sample, HELP or TYPE comes twice.
inline ParsedText parse_text(std::string_view text) {
  ParsedText parsed;
  if (!text.empty() && text.back() != '\n') throw std::runtime_error("no line break at the end");
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.starts_with('#')) {
      detail::parse_comment(line, parsed);
    } else {
      detail::parse_sample(line, parsed);
    }
  }
  return parsed;
}

}  // namespace rig::metrics
