#pragma once

#include "io/call.hpp"
#include "logic/url.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/http_client/http_client.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <optional>

namespace rig::http_client {

using Message = boost::beast::http::request<boost::beast::http::string_body>;
using Result = boost::system::result<Response, Failure>;

/// The request as it goes over the wire. It has been checked.
Message message_of(Request request, const Url& url);

/// What came of sending a message on a connection and reading its answer.
struct Exchanged {
  Result result;
  bool can_stay = false;      ///< the connection can take another request
  bool is_untouched = false;  ///< not a byte of an answer came, so the connection may be stale
};

/// Sends `message` on the connection of `call` and reads the answer (RFC 9112).
Task<Exchanged> exchange(Ref<Call> call, Ref<const Url> url, Ref<const Message> message,
                         std::size_t body_bytes_max);

}  // namespace rig::http_client
