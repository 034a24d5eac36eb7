#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/subscriptions/subscriber_state.hpp>
#include <rig/subscriptions/subscription.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::subscriptions {

/// Who gets events: a connection. Lives on one shard; everything here happens on that shard. Its
/// owner calls `Subscriptions::remove` before it dies.
class Subscriber {
 public:
  /// An event that matched; at most once per event, however many of the subscriptions match. Must
  /// not change any subscription; closing comes later. The reference may be kept.
  virtual void deliver(const cloudevents::EventRef& event) noexcept = 0;

  /// The last `Subscriptions::replace` is in force on every shard: whatever is published from now
  /// on, anywhere, reaches this subscriber.
  virtual void subscriptions_effective() noexcept = 0;

 protected:
  Subscriber() = default;
  ~Subscriber() { RIG_ASSERT(state_.buckets.empty() && !state_.waiting_for_shards); }
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

 private:
  friend SubscriberState& state_of(Subscriber& subscriber) noexcept { return subscriber.state_; }
  SubscriberState state_;
};

/// What the subscriptions of a connection are. The calls concern the current shard.
class Subscriptions {
 public:
  static constexpr std::string_view kPort = "subscriptions.subscriptions";

  /// Checks the JSON array of a request (`events.md` 7). The error is the reason that the client
  /// sees.
  [[nodiscard]] virtual boost::system::result<SubscriptionList, std::string> parse(
      std::string_view json) const = 0;

  /// Sets the subscriptions of `subscriber`, all or nothing, instead of what it had. They take
  /// effect together, just before `subscriptions_effective` is called: at once (within this call)
  /// if every shard knows already that this one is interested in the types, else as soon as they
  /// do.
  virtual void replace(Subscriber& subscriber, SubscriptionList list) = 0;

  /// Forgets `subscriber`; nothing of it is called afterwards.
  virtual void remove(Subscriber& subscriber) noexcept = 0;

 protected:
  ~Subscriptions() = default;
};

}  // namespace rig::subscriptions
