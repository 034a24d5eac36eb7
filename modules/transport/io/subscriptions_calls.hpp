#pragma once

#include "io/subscriptions_endpoint.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/peers/calls.hpp>
#include <rig/transport/http_message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

inline constexpr std::string_view kSubscriptionsService = "subscriptions";

/// A request about a connection of another node goes there as it came, so that everything about it
/// is decided, checked and counted once, by the node that has the connection. Nothing: there is no
/// such node.
Task<std::optional<HttpResponse>> call_about_subscriptions(Ref<peers::Calls> calls,
                                                           peers::NodeId node,
                                                           Ref<const HttpRequest> request);
/// The other end.
Task<std::string> answer_subscriptions_call(Ref<SubscriptionsEndpoint> endpoint, std::string call);

}  // namespace rig::transport
