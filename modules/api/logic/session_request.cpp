#include "logic/session_request.hpp"

#include <rig/core/ascii.hpp>
#include <rig/sessions/blacklist_entry.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

namespace rig::api {
namespace {

namespace json = boost::json;
using std::chrono::seconds;
using transport::HttpResponse;
template <class T>
using Checked = boost::system::result<T, HttpResponse>;

constexpr std::size_t kDumpBytesMax = 100;

/// Version 3 sent these without a content type.
HttpResponse bad(std::string text) {
  HttpResponse response;
  response.status = 400;
  response.body = std::move(text);
  return response;
}

bool is_json(const transport::HttpRequest& request) {
  const auto header = request.headers.find("content-type");
  if (!header) return true;
  auto type = header->substr(0, header->find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return equals_ignoring_case(type, "application/json");
}

/// Cut between characters.
std::string_view cut(std::string_view text) {
  if (text.size() <= kDumpBytesMax) return text;
  std::size_t size = kDumpBytesMax;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

/// A value as version 3 showed it.
std::string dump(const json::value& value) {
  if (value.is_null()) return "nil";
  if (const auto* text = value.if_string()) return json::serialize(json::value(cut(*text)));
  if (const auto* number = value.if_double()) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr;
    return {digits.data(), end};
  }
  return std::string(cut(json::serialize(value)));
}

Checked<std::string> session_of(const json::object& body) {
  const auto* value = body.if_contains("sessionId");
  if (value == nullptr) return bad(R"(Missing value for "sessionId")");
  const auto* name = value->if_string();
  if (name == nullptr || name->empty())
    return bad("Expected non-empty string, got " + dump(*value));
  if (name->size() > sessions::kSessionNameBytesMax) {
    return bad("Expected a string of at most " + std::to_string(sessions::kSessionNameBytesMax) +
               " bytes, got one of " + std::to_string(name->size()));
  }
  return std::string(*name);
}

HttpResponse not_positive(const json::value& value) {
  return bad("Expected a positive number, got " + dump(value));
}

/// Digits, perhaps with a sign; what does not fit is the longest there is.
Checked<seconds> seconds_in(const json::value& value, std::string_view text) {
  if (text.empty()) return not_positive(value);
  const bool is_negative = text.starts_with('-');
  const auto digits = text.substr(is_negative || text.starts_with('+') ? 1 : 0);
  const bool is_number =
      !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return bad("Expected a number, got " + dump(value));
  std::int64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec == std::errc::result_out_of_range) number = std::numeric_limits<std::int64_t>::max();
  if (is_negative || number == 0) return not_positive(value);
  return seconds(number);
}

Checked<seconds> validity_of(const json::object& body) {
  constexpr auto kLongest = std::numeric_limits<std::int64_t>::max();
  const auto* value = body.if_contains("validityInSeconds");
  if (value == nullptr) return bad(R"(Missing value for "validityInSeconds")");
  if (const auto* text = value->if_string()) return seconds_in(*value, *text);
  if (const auto* number = value->if_int64(); number != nullptr && *number > 0)
    return seconds(*number);
  if (value->is_uint64()) return seconds(kLongest);  // only what is no int64 is one
  const auto* number = value->if_double();
  if (number == nullptr || *number <= 0) return not_positive(*value);
  if (std::trunc(*number) != *number) return bad("Expected a whole number, got " + dump(*value));
  return seconds(*number < static_cast<double>(kLongest) ? static_cast<std::int64_t>(*number)
                                                         : kLongest);
}

}  // namespace

Checked<BlacklistRequest> parse_blacklist_request(const transport::HttpRequest& request) {
  if (!is_json(request))
    return HttpResponse::text(415, "Expected the content type application/json.");
  boost::system::error_code error;
  const auto body = json::parse(request.body, error);
  if (error) return HttpResponse::text(400, "Expected JSON encoded body.");
  static const json::object kNothing;  // what is no object has no members
  const auto* object = body.if_object();
  if (object == nullptr) object = &kNothing;
  auto session = session_of(*object);
  if (!session) return std::move(session).error();
  const auto validity = validity_of(*object);
  if (!validity) return validity.error();
  return BlacklistRequest{*std::move(session), *validity};
}

Checked<ListRequest> parse_list_request(std::string_view query) {
  ListRequest list;
  list.after = transport::query_parameter(query, "after").value_or("");
  list.user = transport::query_parameter(query, "user").value_or("");
  const auto limit = transport::query_parameter(query, "limit").value_or("");
  if (limit.empty()) return list;
  const char* end = limit.data() + limit.size();
  const auto read = std::from_chars(limit.data(), end, list.limit);
  if (read.ec != std::errc() || read.ptr != end || list.limit == 0 ||
      list.limit > ListRequest::kLimitMax)
    return HttpResponse::error(400, "The limit must be a number from 1 to 1000.");
  return list;
}

std::optional<std::string> last_segment(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto encoded = boost::urls::make_pct_string_view(path.substr(path.rfind('/') + 1));
  if (!encoded) return std::nullopt;
  return encoded->decode();
}

}  // namespace rig::api
