#pragma once

#include <rig/transport/http_message.hpp>

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

namespace rig::api {

/// The API definition that a request has in its body (`proxy.md` 6); it may be any JSON. The error
/// is the answer.
[[nodiscard]] boost::system::result<boost::json::value, transport::HttpResponse>
parse_definition_request(const transport::HttpRequest& request);

}  // namespace rig::api
