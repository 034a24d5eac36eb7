#pragma once

#include "logic/poll_buffer.hpp"
#include "logic/stream_request.hpp"

#include <rig/subscriptions/subscriptions.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// What a client that polls holds.
struct LongPollCookies {
  std::optional<std::string> connection_token;
  std::string last_event_id;  ///< empty: none

  /// Reads `Cookie` (RFC 6265, 4.2). Other cookies, and what is no cookie, are passed over.
  static LongPollCookies of(const HttpRequest& request);
};

/// Reads the request that makes a session. As for other connections, but `subscriptions` may also
/// be an object with that member, and a client that names its subscriptions resumes where its
/// cookie says.
boost::system::result<StreamRequest, std::string> parse_long_poll_request(
    const HttpRequest& request, const LongPollCookies& cookies,
    const subscriptions::Subscriptions& subscriptions);

/// The answers, with their cookies.
HttpResponse session_made(std::string_view token);
HttpResponse session_has(std::string_view token, const PollPage& page);

}  // namespace rig::transport
