#pragma once

#include <rig/subscriptions/subscriptions.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <string>

namespace rig::transport {

/// What a client that opens an event stream wants (`events.md` 2). The error is the body of the
/// 400.
boost::system::result<subscriptions::SubscriptionList, std::string> parse_stream_request(
    const HttpRequest& request, const subscriptions::Subscriptions& subscriptions);

/// The head of an event stream (`events.md` 3), with `extra` headers.
HttpResponse stream_response(const Headers& extra);

}  // namespace rig::transport
