#pragma once

#include "logic/connection_token.hpp"

#include <rig/subscriptions/subscriptions.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <optional>
#include <string_view>

namespace rig::transport {

/// The token in the path of a request about a connection's subscriptions; nothing if it is none.
std::optional<ConnectionToken> token_in_path(const HttpRequest& request,
                                             const peers::NodeIdentity& here);

/// Answers that both methods share.
HttpResponse invalid_token();
HttpResponse no_such_connection();
/// 400, with the reason that the subscriptions module gives.
HttpResponse invalid_subscriptions(std::string_view why);

/// Why a `PUT` is refused, and when: some refusals come after those about the token.
struct SubscriptionsRefusal {
  HttpResponse response;
  bool comes_after_token = false;
};

/// The subscriptions that a `PUT` asks for. The error is 406, 415 or 400 with the texts of
/// `events.md` 7.
boost::system::result<subscriptions::SubscriptionList, SubscriptionsRefusal>
parse_subscriptions_request(const HttpRequest& request,
                            const subscriptions::Subscriptions& subscriptions);

}  // namespace rig::transport
