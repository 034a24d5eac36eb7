#include "logic/response_writer.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <charconv>
#include <ctime>

namespace rig::transport {

namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_status_and_headers(std::string& out, const HttpResponse& response) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ")
      .append(response.reason.empty() ? reason_phrase(response.status) : response.reason)
      .append("\r\n");
  if (!response.content_type.empty()) append_header(out, "content-type", response.content_type);
  for (std::size_t i = 0; i < response.headers.size(); ++i)
    append_header(out, response.headers[i].name, response.headers[i].value);
}

void append_head(std::string& out, const HttpResponse& response, std::string_view date) {
  append_status_and_headers(out, response);
  append_header(out, "date", date);
}

void append_connection(std::string& out, ResponseFraming framing) {
  if (!framing.keep_alive) {
    append_header(out, "connection", "close");
  } else if (framing.version < 11) {
    append_header(out, "connection", "keep-alive");
  }
}

/// RFC 9110, 8.6: no content-length with these.
bool never_has_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

std::string write_response(const HttpResponse& response, ResponseFraming framing,
                           std::string_view date) {
  std::string out;
  out.reserve(384 + response.body.size());
  append_head(out, response, date);
  if (!response.headers.find("cache-control"))
    append_header(out, "cache-control", "max-age=0, private, must-revalidate");
  if (!never_has_body(response.status)) {
    out.append("content-length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  append_connection(out, framing);
  out.append("\r\n");
  if (framing.has_body && !never_has_body(response.status)) out.append(response.body);
  return out;
}

std::string write_stream_head(const HttpResponse& response, int version, std::string_view date) {
  std::string out;
  out.reserve(384);
  append_head(out, response, date);
  append_header(out, version >= 11 ? "transfer-encoding" : "connection",
                version >= 11 ? "chunked" : "close");
  out.append("\r\n");
  return out;
}

std::string write_relayed_head(const HttpResponse& head, BodyFraming body, ResponseFraming framing,
                               std::string_view date) {
  std::string out;
  out.reserve(384);
  append_status_and_headers(out, head);
  if (!head.headers.find("date")) append_header(out, "date", date);
  if (body.kind == BodyFraming::Kind::kLength) {
    out.append("content-length: ");
    append_number(out, body.length);
    out.append("\r\n");
  } else if (body.kind == BodyFraming::Kind::kChunked && framing.version >= 11) {
    append_header(out, "transfer-encoding", "chunked");
  }
  append_connection(out, framing);
  out.append("\r\n");
  return out;
}

std::string write_informational_head(const HttpResponse& head) {
  std::string out;
  append_status_and_headers(out, head);
  out.append("\r\n");
  return out;
}

std::string http_date(std::chrono::system_clock::time_point time) {
  // Not strftime's %a and %b: they follow the locale.
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  return text.data();
}

std::string_view reason_phrase(int status) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {reason.data(), reason.size()};
}

}  // namespace rig::transport
