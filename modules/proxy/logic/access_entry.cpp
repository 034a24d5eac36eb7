#include "logic/access_entry.hpp"

#include "logic/query.hpp"

#include <rig/core/escape.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace rig::proxy {
namespace {

using core::append_json_string;
using core::append_quoted;
using core::cut;
using std::chrono::microseconds;
using Result = AccessEntry::Result;

/// What one client may add to a line for each of its values.
constexpr std::size_t kValueBytesMax = 4096;
/// Status of a client that left before it had one, as nginx logs it.
constexpr int kClientClosed = 499;

std::string_view name_of(Result result) noexcept {
  switch (result) {
    case Result::kAborted: return "aborted";
    case Result::kAnswered: return "answered";
    case Result::kRelayed: return "relayed";
    case Result::kCut: return "cut";
    case Result::kClientLeft: return "client_left";
  }
  return "aborted";
}

int status_of(const AccessEntry& entry) noexcept {
  return entry.status == 0 && entry.result == Result::kClientLeft ? kClientClosed : entry.status;
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 24> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

/// Milliseconds with three decimals.
void append_duration(std::string& out, microseconds time) {
  append_number(out, time.count() / 1000);
  const auto rest = std::to_string(time.count() % 1000);
  out.append(".").append(3 - std::min<std::size_t>(rest.size(), 3), '0').append(rest);
}

void append_timestamp(std::string& out, std::chrono::system_clock::time_point time,
                      const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 64> text;
  out.append(text.data(), std::strftime(text.data(), text.size(), format, &utc));
}

/// `,"key":"value"`, if there is a value.
void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out.append(",\"").append(key).append("\":");
  append_json_string(out, cut(value, kValueBytesMax));
}

void append_member(std::string& out, std::string_view key, std::uint64_t value) {
  out.append(",\"").append(key).append("\":");
  append_number(out, value);
}

void append_member(std::string& out, std::string_view key, microseconds value) {
  out.append(",\"").append(key).append("\":");
  append_duration(out, value);
}

void append_quoted_or_dash(std::string& out, std::string_view value) {
  append_quoted(out, value.empty() ? std::string_view("-") : cut(value, kValueBytesMax));
}

/// A referer is the address of a page; what stands in its query is between that page and its user.
std::string_view without_query(std::string_view address) noexcept {
  return address.substr(0, address.find('?'));
}

bool is_hex(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string to_json(const AccessEntry& entry) {
  std::string out = R"({"time":")";
  out.reserve(512);
  append_timestamp(out, entry.time, "%Y-%m-%dT%H:%M:%S");
  const auto part = std::chrono::duration_cast<microseconds>(
      entry.time - std::chrono::floor<std::chrono::seconds>(entry.time));
  const auto digits = std::to_string(part.count());
  out.append(".").append(6 - digits.size(), '0').append(digits).append("Z\"");
  append_member(out, "client", entry.client_ip);
  append_member(out, "method", entry.method);
  append_member(out, "path", entry.target);
  append_member(out, "status", static_cast<std::uint64_t>(status_of(entry)));
  append_member(out, "result", name_of(entry.result));
  append_member(out, "bytes_up", entry.bytes_up);
  append_member(out, "bytes_down", entry.bytes_down);
  append_member(out, "duration_ms", entry.duration);
  if (entry.upstream_duration) append_member(out, "upstream_ms", *entry.upstream_duration);
  append_member(out, "upstream", entry.server);
  append_member(out, "api", entry.api);
  append_member(out, "endpoint", entry.endpoint);
  append_member(out, "trace_id", entry.trace_id);
  append_member(out, "user_agent", entry.user_agent);
  append_member(out, "referer", without_query(entry.referer));
  out += '}';
  return out;
}

std::string to_combined(const AccessEntry& entry) {
  std::string out(entry.client_ip);
  out.reserve(256);
  out += " - - [";
  append_timestamp(out, entry.time, "%d/%b/%Y:%H:%M:%S +0000");
  out += "] ";
  std::string line(cut(entry.method, kValueBytesMax));
  line.append(" ").append(cut(entry.target, kValueBytesMax));
  line.append(entry.version < 11 ? " HTTP/1.0" : " HTTP/1.1");
  append_quoted(out, line);
  out += ' ';
  append_number(out, status_of(entry));
  out += ' ';
  append_number(out, entry.bytes_down);
  out += ' ';
  append_quoted_or_dash(out, without_query(entry.referer));
  out += ' ';
  append_quoted_or_dash(out, entry.user_agent);
  return out;
}

std::string logged_target(std::string_view target, const AuthRules* rules) {
  const auto mark = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, mark);
  if (const auto scheme = path.find("://"); scheme != std::string_view::npos && path[0] != '/') {
    path.remove_prefix(scheme + 3);
    path.remove_prefix(std::min(path.find('/'), path.size()));
  }
  std::string logged(path);
  if (rules == nullptr || mark == target.size()) return logged;
  std::string query(target.substr(mark + 1));
  for (const std::string_view name : {"jwt", "token", "access_token", "correlation"})
    query = without_parameter(query, name);
  if (!rules->query_name.empty()) query = without_parameter(query, rules->query_name);
  if (!query.empty()) logged.append("?").append(query);
  return logged;
}

std::string_view trace_id_of(std::string_view traceparent) noexcept {
  // "00-" 32 digits "-" 16 digits "-" 2 digits; later versions may have more behind it.
  constexpr std::size_t kBytes = 55;
  if (traceparent.size() < kBytes || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const auto id = traceparent.substr(3, 32);
  const bool is_zero = id.find_first_not_of('0') == std::string_view::npos;
  return is_hex(id) && !is_zero ? id : std::string_view();
}

}  // namespace rig::proxy
