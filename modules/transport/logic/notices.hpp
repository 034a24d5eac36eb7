#pragma once

#include <rig/subscriptions/cursor.hpp>
#include <rig/subscriptions/subscription.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::transport {

/// The `data` of the gateway's own events (`events.md` 3), as JSON.
std::string connection_created(std::string_view token);
std::string subscriptions_as_json(const subscriptions::SubscriptionList& list);
/// {"reason":"expired","since":"2026-01-02T03:04:05Z"}; since is null if it is not known.
std::string gap_data(const subscriptions::Gap& gap);
std::string error_data(std::string_view message);
/// {"expires_at":"2026-01-02T03:04:05Z","seconds":30}
std::string expiry_data(std::chrono::system_clock::time_point expires_at,
                        std::chrono::seconds left);

/// What a connection was asked to be subscribed to, and which of that it has not confirmed yet. A
/// set that a newer one overtakes is confirmed together with it: nothing happens in between.
class SubscriptionsState {
 public:
  void ask(const subscriptions::SubscriptionList& list);
  /// Calls `tell(json)` for each set that is not confirmed yet, in order.
  template <class Tell>
  void confirm(Tell tell) {
    if (overtaken_) {
      for (const auto& json : *overtaken_) tell(json);
      overtaken_.reset();
    }
    if (!std::exchange(is_confirmed_, true)) tell(latest_);
  }
  /// What was asked for last, as a JSON array.
  [[nodiscard]] const std::string& json() const noexcept { return latest_; }

 private:
  static constexpr std::size_t kOvertakenMax = 100;

  std::string latest_ = "[]";
  std::unique_ptr<std::vector<std::string>> overtaken_;
  bool is_confirmed_ = true;
};

}  // namespace rig::transport
