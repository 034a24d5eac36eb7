#include "logic/stream_request.hpp"

#include <set>
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

boost::system::result<subscriptions::SubscriptionList, std::string> parse_list(
    std::string_view json, const subscriptions::Subscriptions& subscriptions,
    SubscriptionsForm form) {
  using Reason = subscriptions::RequestError::Reason;
  if (form == SubscriptionsForm::kArray) return subscriptions.parse(json);
  auto object = subscriptions.parse_request(json);
  if (object) return *std::move(object);
  if (object.error().reason == Reason::kInvalid) return object.error().message;
  return subscriptions.parse(json);
}

std::optional<std::string> cursor_of(const HttpRequest& request, std::string_view query) {
  auto cursor = query_parameter(query, "last_event_id");
  if (const auto header = request.headers.find("last-event-id"); header && !header->empty())
    cursor = *header;
  if (cursor && cursor->empty()) cursor.reset();
  return cursor;
}

}  // namespace

subscriptions::SubscriptionList without_repetitions(subscriptions::SubscriptionList list) {
  std::set<std::string> seen;
  std::erase_if(list,
                [&](const auto& subscription) { return !seen.insert(subscription.json).second; });
  return list;
}

std::optional<std::string> asked_subscriptions(const HttpRequest& request) {
  auto list = query_parameter(request.query(), "subscriptions");
  if (list && list->empty()) list.reset();
  return list;
}

boost::system::result<StreamRequest, std::string> parse_stream_request(
    const HttpRequest& request, const subscriptions::Subscriptions& subscriptions,
    SubscriptionsForm form) {
  const auto query = request.query();
  StreamRequest parsed;
  if (const auto list = asked_subscriptions(request)) {
    auto result = parse_list(*list, subscriptions, form);
    if (!result) return explain(result.error());
    parsed.subscriptions = without_repetitions(std::move(*result));
  }
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
