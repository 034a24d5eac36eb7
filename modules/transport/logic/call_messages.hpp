#pragma once

#include "logic/poll_buffer.hpp"

#include <rig/peers/call_result.hpp>
#include <rig/transport/http_message.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// A request that another node answers, with what it looks at: method, target, body, and those of
/// the headers that say who asks, for what, and in which form.
std::string to_call(const HttpRequest& request);
std::optional<HttpRequest> request_of_call(std::string_view text);

/// The answer, which goes to the client as it is.
std::string to_answer(const HttpResponse& response);
std::optional<HttpResponse> response_of_answer(std::string_view text);

/// A poll at the node that has the session.
struct PollCall {
  std::string token;  ///< sealed
  std::string seen;   ///< the place up to which the client has everything
  std::chrono::milliseconds wait{0};
};
std::string to_call(const PollCall& call);
std::optional<PollCall> poll_of_call(std::string_view text);

struct PollAnswer {
  std::optional<PollPage> page;  ///< nothing: there is no such session
  bool may_come = false;  ///< nothing came in time, and who goes on waiting may get something
};
std::string to_answer(const PollAnswer& answer);
std::optional<PollAnswer> poll_of_answer(std::string_view text);

/// What a client is told when the node that has its connection does not answer; not of
/// `kNoSuchNode`, which is told as it would be of a connection that is gone.
HttpResponse call_failed(peers::CallFailure why);

}  // namespace rig::transport
