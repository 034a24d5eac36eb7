#pragma once

#include <rig/access/identity.hpp>
#include <rig/subscriptions/subscriptions.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace rig::transport {

/// What a client that opens a connection wants.
struct StreamRequest {
  subscriptions::SubscriptionList subscriptions;
  std::optional<std::string> cursor;  ///< where it was when it left
  bool wants_cursors = false;         ///< in each event, where the wire form has no place for them
  access::IdentityRef identity;       ///< who it is; known when it has been asked
};

/// The subscriptions as the request has them, for another service to decide about (`events.md` 11);
/// nothing if it asks for none.
std::optional<std::string> asked_subscriptions(const HttpRequest& request);

/// The first of those that are the same, in their order.
subscriptions::SubscriptionList without_repetitions(subscriptions::SubscriptionList list);

/// Reads a request for a connection of any kind (`events.md` 2): `subscriptions`, `last_event_id`
/// and `rigcursor` in the query, and `Last-Event-ID`, which is the newer one if there are both. The
/// error is the body of the 400.
enum class SubscriptionsForm : std::uint8_t {
  kArray,
  kArrayOrObject,  ///< `{"subscriptions":[…]}` too, as for long polling
};
boost::system::result<StreamRequest, std::string> parse_stream_request(
    const HttpRequest& request, const subscriptions::Subscriptions& subscriptions,
    SubscriptionsForm form = SubscriptionsForm::kArray);

/// The head of an event stream (`events.md` 3), with `extra` headers.
HttpResponse stream_response(const Headers& extra);

}  // namespace rig::transport
