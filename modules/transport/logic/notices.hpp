#pragma once

#include <rig/subscriptions/cursor.hpp>
#include <rig/subscriptions/subscription.hpp>

#include <string>
#include <string_view>

namespace rig::transport {

/// The `data` of the gateway's own events (`events.md` 3), as JSON.
std::string connection_created(std::string_view token);
std::string subscriptions_as_json(const subscriptions::SubscriptionList& list);
/// {"reason":"expired","since":"2026-01-02T03:04:05Z"}; since is null if it is not known.
std::string gap_data(const subscriptions::Gap& gap);
std::string error_data(std::string_view message);

}  // namespace rig::transport
