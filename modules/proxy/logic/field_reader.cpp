#include "logic/field_reader.hpp"

#include "logic/definition_syntax.hpp"
#include "logic/http_text.hpp"

#include <rig/core/field_syntax.hpp>

#include <algorithm>

namespace rig::proxy {

LineReader::Step LineReader::next(std::string_view bytes, std::size_t bytes_max) {
  const auto end = bytes.find('\n', std::min(searched_, bytes.size()));
  const auto line = bytes.substr(0, end);
  // The line and its CR.
  if (line.size() > bytes_max + 1) return Step{State::kTooLong};
  if (end == std::string_view::npos) {
    // A CR is only good at the end, before an LF that is still to come.
    const auto cr = line.find('\r', searched_ == 0 ? 0 : searched_ - 1);
    if (cr != std::string_view::npos && cr + 1 != line.size()) return Step{State::kBad};
    searched_ = bytes.size();
    return Step{State::kNeedMore};
  }
  searched_ = 0;
  if (line.find('\r') != line.size() - 1 || line.empty()) return Step{State::kBad};
  return Step{State::kLine, end + 1, line.substr(0, line.size() - 1)};
}

FieldReader::Progress FieldReader::feed(std::string_view bytes) {
  std::size_t consumed = 0;
  const auto fail = [&](std::string_view reason) {
    failure_ = BadMessage{reason};
    return Progress{State::kFailed, consumed};
  };
  while (true) {
    const auto left = limits_.bytes_max - std::min(bytes_, limits_.bytes_max);
    const auto step = lines_.next(bytes.substr(consumed), left);
    switch (step.state) {
      case LineReader::State::kNeedMore: return Progress{State::kNeedMore, consumed};
      case LineReader::State::kTooLong: return fail("The headers are too large.");
      case LineReader::State::kBad: return fail("A header line does not end with CR and LF.");
      case LineReader::State::kLine: break;
    }
    consumed += step.consumed;
    bytes_ += step.consumed;
    if (step.line.empty()) return Progress{State::kComplete, consumed};
    if (!take_line(step.line)) return Progress{State::kFailed, consumed};
  }
}

bool FieldReader::take_line(std::string_view line) {
  const auto fail = [&](std::string_view reason) {
    failure_ = BadMessage{reason};
    return false;
  };
  if (line.front() == ' ' || line.front() == '\t') return fail("A header line is folded.");
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name))
    return fail("A header line has no valid name.");
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return fail("A header has a control character in its value.");
  if (fields_.size() == limits_.fields_max) return fail("There are too many headers.");
  fields_.add(name, value);
  return true;
}

}  // namespace rig::proxy
