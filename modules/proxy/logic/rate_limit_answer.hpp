#pragma once

#include <rig/core/token_bucket.hpp>
#include <rig/proxy/route_rules.hpp>
#include <rig/transport/http_message.hpp>

namespace rig::proxy {

/// 429 with `Retry-After`, and the limit in the fields of the draft "RateLimit header fields for
/// HTTP" (draft-ietf-httpapi-ratelimit-headers, since its revision 08). `wait` is positive.
[[nodiscard]] transport::HttpResponse too_many_requests(const RateLimit& limit,
                                                        TokenBucket::Wait wait);

}  // namespace rig::proxy
