#pragma once

#include "io/transport_shard.hpp"
#include "logic/stream_request.hpp"

#include <rig/access/access.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <vector>

namespace rig::transport {

/// Finds out who opens a connection, whether it may have what it asks for, and what it gets: what
/// follows from its tokens, and what it asked for as far as they allow. The error is the answer.
/// Whether its session was ended meanwhile is for the caller to see, when it opens.
Task<boost::system::result<StreamRequest, HttpResponse>> authorize_opening(
    Ref<const TransportContext> context, Ref<const HttpRequest> request, StreamRequest wanted);

/// What counts of what a request shows. The first RIG did not look at `Authorization` where a
/// connection is opened, so the header may be there for others: without a key it means nothing,
/// unless the service of SUBSCRIPTION_CHECK is asked about the request (`is_asked`).
access::Credentials credentials_that_count(const access::Access& access, const HttpRequest& request,
                                           bool is_asked);

/// The answer to who may not open a connection.
HttpResponse opening_denied(const TransportConfig& config, const access::Denial& denial);
/// The answer to who may not set the subscriptions of a connection.
HttpResponse put_denied(const TransportConfig& config, const access::Denial& denial);
/// The answer to a client whose session was ended just now.
HttpResponse session_ended(TransportShard& shard);
/// Denials that access did not see: one line and one count, as it makes them.
void note_session_ended(TransportShard& shard);
void note_token_missing(TransportShard& shard);
/// Whether a session of the client was ended, as this shard knows it.
bool is_ended(const sessions::Sessions& sessions, const access::Identity* identity);

/// What the tokens of a client say; none if it is nobody in particular.
std::vector<const boost::json::object*> claims_of(const access::Identity* identity);

}  // namespace rig::transport
