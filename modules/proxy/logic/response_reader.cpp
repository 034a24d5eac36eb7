#include "logic/response_reader.hpp"

#include "logic/definition_syntax.hpp"
#include "logic/http_text.hpp"

#include <algorithm>
#include <utility>

namespace rig::proxy {
namespace {

constexpr std::string_view kStart = "HTTP/1.";

bool has_item(const Headers& headers, std::string_view name, std::string_view item) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!iequals(headers[i].name, name)) continue;
    auto list = headers[i].value;
    while (const auto one = next_item(list)) {
      if (iequals(*one, item)) return true;
    }
  }
  return false;
}

}  // namespace

ResponseReader::ResponseReader(bool is_head, FieldLimits limits, int interim_max)
    : is_head_(is_head), limits_(limits), interim_left_(interim_max), fields_(limits) {}

ResponseReader::Progress ResponseReader::fail(std::size_t consumed, std::string_view reason) {
  failure_ = BadMessage{reason};
  return Progress{State::kFailed, consumed};
}

ResponseReader::Progress ResponseReader::feed(std::string_view bytes) {
  std::size_t consumed = 0;
  has_begun_ = has_begun_ || !bytes.empty();
  if (!has_status_) {
    // What cannot become an answer need not fill the buffer first.
    const auto start = bytes.substr(0, kStart.size());
    if (start != kStart.substr(0, start.size()))
      return fail(0, "The upstream's answer is not HTTP.");
    const auto step = lines_.next(bytes, limits_.bytes_max);
    if (step.state == LineReader::State::kNeedMore) return Progress{State::kNeedMore};
    if (step.state != LineReader::State::kLine || !take_status_line(step.line))
      return fail(0, "The upstream's answer has no valid status line.");
    consumed = step.consumed;
    fields_.count(consumed);
    has_status_ = true;
  }
  const auto progress = fields_.feed(bytes.substr(consumed));
  consumed += progress.consumed;
  if (progress.state == FieldReader::State::kFailed)
    return fail(consumed, fields_.failure().reason);
  if (progress.state == FieldReader::State::kNeedMore) return Progress{State::kNeedMore, consumed};
  return complete() ? Progress{State::kComplete, consumed} : Progress{State::kFailed, consumed};
}

bool ResponseReader::take_status_line(std::string_view line) {
  // "HTTP/1.1 200 OK"; the blank before an empty reason is often left out.
  constexpr std::size_t kReasonAt = 12;
  if (line.size() < kReasonAt || !is_digit(line[7]) || line[8] != ' ') return false;
  const auto status = line.substr(9, 3);
  if (!std::ranges::all_of(status, is_digit)) return false;
  if (line.size() > kReasonAt && line[kReasonAt] != ' ') return false;
  const auto reason = trim(line.substr(kReasonAt));
  if (!is_field_value(reason)) return false;
  head_.version = line[7] == '0' ? 10 : 11;
  head_.status = (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');
  head_.reason = reason;
  return head_.status >= 100 && head_.status <= 599;
}

bool ResponseReader::complete() {
  head_.headers = std::move(fields_.fields());
  const auto framing = response_framing(head_.headers, head_.version, head_.status, is_head_);
  if (!framing) {
    failure_ = framing.error();
    return false;
  }
  head_.framing = *framing;
  if (head_.is_interim() && interim_left_-- == 0) {
    failure_ = BadMessage{"There are too many interim answers."};
    return false;
  }
  const bool is_kept = head_.version >= 11 ? !has_item(head_.headers, "connection", "close")
                                           : has_item(head_.headers, "connection", "keep-alive");
  head_.keep_alive = is_kept && head_.framing.kind != Framing::Kind::kUntilClose &&
                     head_.framing.kind != Framing::Kind::kUpgraded;
  return true;
}

ResponseHead ResponseReader::take() {
  has_status_ = false;
  lines_ = LineReader();
  fields_ = FieldReader(limits_);
  return std::exchange(head_, ResponseHead());
}

}  // namespace rig::proxy
