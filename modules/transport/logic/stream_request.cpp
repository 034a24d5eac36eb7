#include "logic/stream_request.hpp"

#include <string_view>
#include <utility>

namespace rig::transport {

namespace {

/// The first RIG's words around the reason that the subscriptions module gives.
std::string explain(const std::string& reason) {
  if (reason.starts_with("Failed to decode")) return reason;
  const std::string_view step = reason.starts_with("invalid subscription")
                                    ? "could not parse subscription from JSON: "
                                    : "could not decode subscriptions: ";
  return std::string("could not parse subscriptions: ").append(step).append(reason);
}

std::optional<std::string> cursor_of(const HttpRequest& request, std::string_view query) {
  auto cursor = query_parameter(query, "last_event_id");
  if (const auto header = request.headers.find("last-event-id"); header && !header->empty())
    cursor = *header;
  if (cursor && cursor->empty()) cursor.reset();
  return cursor;
}

}  // namespace

boost::system::result<StreamRequest, std::string> parse_stream_request(
    const HttpRequest& request, const subscriptions::Subscriptions& subscriptions) {
  const auto query = request.query();
  const auto list = query_parameter(query, "subscriptions");
  StreamRequest parsed;
  if (list && !list->empty()) {
    auto result = subscriptions.parse(*list);
    if (!result) return explain(result.error());
    parsed.subscriptions = std::move(*result);
  }
  // A token that nothing can verify must not open anything.
  const auto token = query_parameter(query, "jwt");
  if (token && !token->empty())
    return std::string(
        "could not parse subscriptions: could not decode JWT: this gateway has no key to verify "
        "it");
  parsed.cursor = cursor_of(request, query);
  parsed.wants_cursors = query_parameter(query, "rigcursor") == "true";
  return parsed;
}

HttpResponse stream_response(const Headers& extra) {
  HttpResponse response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.headers.add("cache-control", "no-cache");
  for (std::size_t i = 0; i < extra.size(); ++i)
    response.headers.add(extra[i].name, extra[i].value);
  return response;
}

}  // namespace rig::transport
