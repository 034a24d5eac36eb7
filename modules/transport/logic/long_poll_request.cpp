#include "logic/long_poll_request.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/ascii.hpp>

#include <algorithm>
#include <utility>

namespace rig::transport {
namespace {

constexpr std::string_view kTokenCookie = "connection_token";
constexpr std::string_view kPlaceCookie = "last_event_id";
constexpr std::string_view kFirstEvent = "first_event";

std::string_view trimmed(std::string_view text) noexcept {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

/// Browsers keep the quotes of a value, some other clients do not.
std::string_view unquoted(std::string_view value) noexcept {
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
    return value.substr(1, value.size() - 2);
  return value;
}

void add_cookie(HttpResponse& response, std::string_view name, std::string_view value) {
  response.headers.add("set-cookie", std::string(name).append("=").append(value).append(
                                         "; path=/; HttpOnly; SameSite=Lax"));
}

HttpResponse with_cookies(std::string_view token, std::string_view place, std::string body) {
  auto response = HttpResponse::json(200, std::move(body));
  response.headers.add("cache-control", "no-cache");
  add_cookie(response, kTokenCookie, token);
  add_cookie(response, kPlaceCookie, std::string("\"").append(place).append("\""));
  return response;
}

/// The first RIG had another parser for what clients ask for here (`events.md` 5).
std::string with_words_of_long_polling(std::string_view error) {
  constexpr std::string_view kStream = "Failed to decode subscription list: ";
  if (!error.starts_with(kStream)) return std::string(error);
  return std::string(
             "could not parse subscriptions: could not decode subscriptions: invalid JSON "
             "encoding: ")
      .append(error.substr(kStream.size()));
}

}  // namespace

LongPollCookies LongPollCookies::of(const HttpRequest& request) {
  LongPollCookies cookies;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    if (!equals_ignoring_case(request.headers[i].name, "cookie")) continue;
    std::string_view rest = request.headers[i].value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      const auto value = unquoted(pair.substr(equals + 1));
      if (pair.substr(0, equals) == kTokenCookie) cookies.connection_token = value;
      if (pair.substr(0, equals) == kPlaceCookie && value != kFirstEvent)
        cookies.last_event_id = value;
    }
  }
  return cookies;
}

boost::system::result<StreamRequest, std::string> parse_long_poll_request(
    const HttpRequest& request, const LongPollCookies& cookies,
    const subscriptions::Subscriptions& subscriptions) {
  auto wanted = parse_stream_request(request, subscriptions, SubscriptionsForm::kArrayOrObject);
  if (!wanted) return with_words_of_long_polling(wanted.error());
  auto place = wanted->cursor.value_or(wanted->subscriptions.empty() ? "" : cookies.last_event_id);
  place = PollPlace::parse(place).cursor;
  wanted->cursor = place.empty() ? std::nullopt : std::optional(std::move(place));
  return wanted;
}

HttpResponse session_made(std::string_view token) {
  return with_cookies(token, kFirstEvent, R"("ok")");
}

HttpResponse session_has(std::string_view token, const PollPage& page) {
  return with_cookies(token, page.last_event_id,
                      std::string(R"({"last_event_id":)")
                          .append(cloudevents::quote_json(page.last_event_id))
                          .append(R"(,"events":)")
                          .append(page.events)
                          .append("}"));
}

}  // namespace rig::transport
