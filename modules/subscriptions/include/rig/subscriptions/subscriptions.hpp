#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/subscriptions/cursor.hpp>
#include <rig/subscriptions/subscriber_state.hpp>
#include <rig/subscriptions/subscription.hpp>

#include <boost/json/fwd.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
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

  /// Events are missing, here, between what was delivered before and what comes next. After
  /// `resume`, and in a cluster at any time.
  virtual void gap(const Gap& /*gap*/) noexcept {}

  /// Only after `resume`: a page of the log has been delivered. Unless it was the last one, the
  /// next comes after `Subscriptions::continue_replay`, which may be called from here.
  virtual void page_replayed(bool /*is_last*/) noexcept {}

  /// Most bytes of events in such a page, which has at least one event; it is never more than 256
  /// KiB.
  [[nodiscard]] virtual std::size_t page_bytes_max() const noexcept {
    return std::numeric_limits<std::size_t>::max();
  }

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

  /// The same for an object with the member `subscriptions`: `{"subscriptions":[…]}`.
  [[nodiscard]] virtual boost::system::result<SubscriptionList, RequestError> parse_request(
      std::string_view json) const = 0;

  /// What a client may have that asks for `asked` and whose valid tokens have these `claims`
  /// (empty: it has none): what follows from the claims (`jwt` pointers of the extractors), then
  /// what it asked for; all of it narrowed where the extractors say `enforce`. The JSON of the
  /// result, parsed and asked for again, gives the same. The error is the reason that the client
  /// sees.
  [[nodiscard]] virtual boost::system::result<SubscriptionList, std::string> permitted(
      SubscriptionList asked, std::span<const boost::json::object* const> claims) const = 0;
  /// The same without what follows from the claims: for a request that shows no token, on a
  /// connection that has shown some.
  [[nodiscard]] virtual boost::system::result<SubscriptionList, std::string> narrowed(
      SubscriptionList asked, std::span<const boost::json::object* const> claims) const = 0;

  /// Sets the subscriptions of `subscriber`, all or nothing, instead of what it had. They take
  /// effect together, just before `subscriptions_effective` is called: at once (within this call)
  /// if every shard knows already that this one is interested in the types, else as soon as they
  /// do.
  virtual void replace(Subscriber& subscriber, SubscriptionList list) = 0;

  /// As `replace`, for a client that comes back with the text of a cursor: once the subscriptions
  /// are in force it gets what the log has of them behind the cursor, page by page, and then what
  /// is published, without a hole or a double; or `gap`, where the log cannot tell. A `replace`
  /// meanwhile follows the replay.
  virtual void resume(Subscriber& subscriber, SubscriptionList list, std::string_view cursor) = 0;
  /// Asks for the next page. Does nothing if the replay is over or a page is on its way.
  virtual void continue_replay(Subscriber& subscriber) = 0;

  /// The place that a subscriber whose subscriptions are in force has reached when it has got
  /// everything that was delivered to it so far.
  [[nodiscard]] virtual Cursor cursor() const = 0;
  /// The place behind an event that was delivered.
  [[nodiscard]] virtual Cursor cursor_of(const cloudevents::Event& event) const noexcept = 0;

  /// Forgets `subscriber`; nothing of it is called afterwards.
  virtual void remove(Subscriber& subscriber) noexcept = 0;

 protected:
  ~Subscriptions() = default;
};

}  // namespace rig::subscriptions
