#pragma once

#include <rig/transport/http_message.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace rig::transport {

/// How an answer is put on the wire.
struct ResponseFraming {
  int version = 11;        ///< of the request
  bool keep_alive = true;  ///< the connection stays open
  bool has_body = true;    ///< false for the answer to HEAD: all headers, no body
};

/// The bytes of an answer: status line, headers, body (RFC 9112). Adds `date`, `content-length`,
/// `connection` and, if the answer says nothing of caching, the `cache-control` that the first RIG
/// sent.
std::string write_response(const HttpResponse& response, ResponseFraming framing,
                           std::string_view date);

/// The head of an answer whose body is a stream: chunked, or ended by the close of the connection
/// on HTTP/1.0.
std::string write_stream_head(const HttpResponse& response, int version, std::string_view date);

/// The head of another server's answer, with its own headers and what the connection needs: how the
/// body is delimited and whether the connection goes on.
std::string write_relayed_head(const HttpResponse& head, BodyFraming body, ResponseFraming framing,
                               std::string_view date);
/// A head without an end: 1xx.
std::string write_informational_head(const HttpResponse& head);

/// An HTTP date (RFC 9110, 5.6.7).
std::string http_date(std::chrono::system_clock::time_point time);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace rig::transport
