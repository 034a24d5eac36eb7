#pragma once

#include <rig/access/identity.hpp>
#include <rig/transport/http_message.hpp>

namespace rig::transport {

/// What a request brings to say who sends it: its `Authorization` headers and `jwt` of its query.
access::Credentials credentials_of(const HttpRequest& request);

/// 401, 403 or 503 with {"message":…,"reason":…}.
HttpResponse denial_response(const access::Denial& denial);

}  // namespace rig::transport
