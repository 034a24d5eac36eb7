#include "logic/subscriptions_request.hpp"

#include <rig/core/ascii.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace rig::transport {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

/// A media type without its parameters.
std::string_view essence(std::string_view type) noexcept {
  return trimmed(type.substr(0, type.find(';')));
}

bool accepts_json(std::string_view accept) noexcept {
  while (!accept.empty()) {
    const auto end = std::min(accept.find(','), accept.size());
    const auto type = essence(accept.substr(0, end));
    if (type == "*/*" || equals_ignoring_case(type, "application/*") ||
        equals_ignoring_case(type, "application/json"))
      return true;
    accept.remove_prefix(std::min(end + 1, accept.size()));
  }
  return false;
}

HttpResponse not_acceptable(std::string_view accept) {
  return HttpResponse::text(
      406, std::string("Request headers:\n  Accept: ")
               .append(accept)
               .append("\n\nThe following media types are supported by this endpoint:\n"
                       "  application/json\n\n"));
}

}  // namespace

std::optional<ConnectionToken> token_in_path(const HttpRequest& request,
                                             const peers::NodeIdentity& here) {
  std::string_view path = request.path();
  constexpr std::string_view kPrefix = "/_rig/v1/connection/";
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  path.remove_prefix(std::min(path.find('/') + 1, path.size()));
  return parse_sealed(path.substr(0, path.find('/')), here);
}

HttpResponse invalid_token() { return HttpResponse::text(400, "Invalid connection token."); }

HttpResponse no_such_connection() {
  return HttpResponse::text(410, "Connection no longer exists.");
}

HttpResponse invalid_subscriptions(std::string_view why) {
  return HttpResponse::text(
      400, std::string("cannot accept subscription request: could not parse given subscriptions: ")
               .append(why));
}

boost::system::result<subscriptions::SubscriptionList, SubscriptionsRefusal>
parse_subscriptions_request(const HttpRequest& request,
                            const subscriptions::Subscriptions& subscriptions) {
  using Reason = subscriptions::RequestError::Reason;
  using Refusal = SubscriptionsRefusal;
  const auto refused = [](std::string text) {
    return Refusal{HttpResponse::text(400, std::move(text))};
  };
  const auto accept = request.headers.find("accept");
  if (accept && !accepts_json(*accept)) return Refusal{not_acceptable(*accept)};
  const auto type = request.headers.find("content-type");
  if (!type || essence(*type).find('/') == std::string_view::npos)
    return Refusal{HttpResponse::text(415, "Expected the content type application/json.")};
  if (!equals_ignoring_case(essence(*type), "application/json"))
    return refused("Expected JSON encoded body.");
  auto list = subscriptions.parse_request(request.body);
  if (list) return *std::move(list);
  const std::string& message = list.error().message;
  switch (list.error().reason) {
    case Reason::kNotJson:
      return refused("Expected JSON encoded body.\n\nTechnical info:\n" + message);
    case Reason::kNoSubscriptions: return refused(message);
    case Reason::kInvalid: break;
  }
  return Refusal{invalid_subscriptions(message), true};
}

}  // namespace rig::transport
