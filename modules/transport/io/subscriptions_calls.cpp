#include "io/subscriptions_calls.hpp"

#include "logic/call_messages.hpp"
#include "logic/subscriptions_request.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace rig::transport {
namespace {

constexpr std::chrono::seconds kTimeout{1};

}  // namespace

Task<std::optional<HttpResponse>> call_about_subscriptions(Ref<peers::Calls> calls,
                                                           peers::NodeId node,
                                                           Ref<const HttpRequest> request) {
  auto answer = co_await calls->call(node, std::string(kSubscriptionsService), to_call(*request),
                                     Deadline::after(kTimeout));
  if (!answer && answer.error() == peers::CallFailure::kNoSuchNode) co_return std::nullopt;
  if (!answer) co_return call_failed(answer.error());
  auto response = response_of_answer(*answer);
  co_return response ? *std::move(response) : call_failed(peers::CallFailure::kRefused);
}

Task<std::string> answer_subscriptions_call(Ref<SubscriptionsEndpoint> endpoint, std::string call) {
  auto request = request_of_call(call);
  if (!request) co_return to_answer(invalid_token());
  const auto response = co_await endpoint->handle_here(*std::move(request));
  co_return to_answer(response);
}

}  // namespace rig::transport
