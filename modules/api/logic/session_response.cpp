#include "logic/session_response.hpp"

#include <rig/core/rfc3339.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace rig::api {
namespace {

using transport::HttpResponse;

/// Version 3 sent this without a content type.
HttpResponse not_found() {
  HttpResponse response;
  response.status = 404;
  response.body = "Not found.";
  return response;
}

/// All but the unreserved characters (RFC 3986, 2.3) as percent and two digits.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4U];
    encoded += kDigits[byte & 0xFU];
  }
  return encoded;
}

std::string to_text(std::chrono::system_clock::time_point time) {
  return utc_text(std::chrono::floor<std::chrono::milliseconds>(time));
}

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::value(text));
}

void append(std::string& out, const sessions::Connection& connection) {
  out += R"({"session":)" + quoted(connection.session);
  out += R"(,"user":)" + (connection.user.empty() ? "null" : quoted(connection.user));
  out += R"(,"transport":)" + quoted(connection.transport);
  out += R"(,"since":)" + quoted(to_text(connection.since));
  out += R"(,"node":)" + quoted(connection.node);
  out += R"(,"subscriptions":)" + connection.subscriptions_json + "}";
}

std::string list_of(const std::vector<sessions::Connection>& connections) {
  std::string list = "[";
  for (const auto& connection : connections) {
    if (list.size() > 1) list += ',';
    append(list, connection);
  }
  return list + "]";
}

/// Nothing if the answer has everything.
void append_missing(std::string& body, const std::vector<std::string>& nodes) {
  if (nodes.empty()) return;
  body += R"(,"incomplete":[)";
  for (std::size_t i = 0; i < nodes.size(); ++i) body += (i > 0 ? "," : "") + quoted(nodes[i]);
  body += ']';
}

}  // namespace

HttpResponse cut_off(std::string_view path, std::string_view session) {
  if (path.ends_with('/')) path.remove_suffix(1);
  auto response = HttpResponse::json(201, "{}");
  response.headers.add("location", std::string(path) + "/" + percent_encoded(session));
  return response;
}

HttpResponse blacklist_full() {
  return HttpResponse::error(503, "The session blacklist is full (RIG_BLACKLIST_MAX).");
}

HttpResponse cut_off_here_only() {
  return HttpResponse::error(503,
                             "The session is cut off on this node only: the other nodes of the "
                             "cluster cannot be reached. They are told when they can be.");
}

HttpResponse not_let_in() {
  return HttpResponse::error(503,
                             "The session stays cut off: the other nodes of the cluster cannot be "
                             "reached.");
}

HttpResponse is_cut_off(bool is_so) { return is_so ? HttpResponse::json(200, "{}") : not_found(); }

HttpResponse let_in(bool was_cut_off) {
  if (!was_cut_off) return not_found();
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse page_of(const sessions::Page& page, const std::vector<std::string>& missing) {
  std::string body = R"({"connections":)" + list_of(page.connections);
  body += R"(,"next":)" + (page.next ? quoted(*page.next) : "null");
  append_missing(body, missing);
  body += '}';
  return HttpResponse::json(200, std::move(body));
}

HttpResponse session_with(std::string_view session,
                          const std::vector<sessions::Connection>& connections,
                          const std::vector<std::string>& missing) {
  if (connections.empty() && !missing.empty())
    return HttpResponse::error(503, "Not all nodes say whether they have it.");
  if (connections.empty()) return HttpResponse::error(404, "No connection is in this session.");
  std::string body = R"({"session":)" + quoted(session);
  body += R"(,"connections":)" + list_of(connections);
  append_missing(body, missing);
  body += '}';
  return HttpResponse::json(200, std::move(body));
}

void allow_any_origin(HttpResponse& response) {
  response.headers.add("access-control-allow-origin", "*");
}

}  // namespace rig::api
