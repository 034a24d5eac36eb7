#pragma once

#include <rig/answers/answer.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <string>

namespace rig::api {

/// An answer and whose it is.
struct AnswerRequest {
  answers::Answer answer;
  std::string correlation;
};

/// Reads `rig-correlation` and `rig-response-code`; the body is the answer's as it is. Of the
/// headers those go on that concern the client: content-type, content-language, location,
/// set-cookie, cache-control, etag and x-…. The error is the text of the 400.
boost::system::result<AnswerRequest, std::string> parse_answer(transport::HttpRequest request);

/// Version 2: an event with `rig.correlation` is the answer, with status 200.
boost::system::result<AnswerRequest, std::string> parse_answer_event(
    transport::HttpRequest request);

}  // namespace rig::api
