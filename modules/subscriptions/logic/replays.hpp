#pragma once

#include "logic/event_log.hpp"

#include <rig/subscriptions/cursor.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// What a shard asks the log for.
struct PageRequest {
  static constexpr std::size_t kEventsMax = 256;
  static constexpr std::size_t kBytesMax = std::size_t{256} << 10;

  Subscriber* subscriber;  ///< a name only: it may be gone when the page comes
  std::uint64_t ticket;
  std::shared_ptr<const std::vector<std::string>> types;
  std::uint64_t after;
  std::size_t bytes_max;
};

/// The clients of one shard that came back and are not live yet: page by page they get what the log
/// has of their subscriptions. As long as that lasts, the index delivers nothing to them: what is
/// published meanwhile gets to the log before it gets here, so a later page has it. The last page
/// is answered by the log in the same order in which it forwards events, so that what comes here
/// before it, is in it, and what comes after it, is not.
class Replays {
 public:
  /// `log`: the cursors that can be resumed from.
  explicit Replays(std::uint32_t log) : log_(log) {}

  /// `list` is what the subscriber will have in force.
  void add(Subscriber& subscriber, const SubscriptionList& list, std::string_view cursor);
  /// True if there was one.
  bool remove(Subscriber& subscriber) noexcept;
  /// A set of subscriptions that is to follow the replay; false if there is none going on.
  bool defer(Subscriber& subscriber, SubscriptionList& list);

  /// The first page, now that the subscriptions are in force; whatever is at most at the position
  /// `here` was published before.
  PageRequest begin(Subscriber& subscriber, std::uint64_t here);
  /// The next page; nothing if the subscriber is live already, or a page is on its way.
  std::optional<PageRequest> next(Subscriber& subscriber);

  struct Finished {
    Subscriber* subscriber = nullptr;  ///< null: the replay goes on, or nobody waits for it
    std::optional<SubscriptionList> next;
  };
  /// Delivers what the page has for its subscriber. When the replay is over, `live()` of what is
  /// returned is up to the caller. `delivered` counts events.
  Finished receive(const PageRequest& request, const EventLog::Page& page,
                   std::size_t& delivered) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return replays_.size(); }

 private:
  struct Replay {
    std::uint64_t ticket;
    SubscriptionList list;
    std::shared_ptr<const std::vector<std::string>> types;
    Cursor at;
    std::optional<Gap> gap;  // not told yet
    bool is_asking = false;
    std::optional<SubscriptionList> next;
  };

  static PageRequest ask(Subscriber& subscriber, Replay& replay);

  const std::uint32_t log_;
  std::uint64_t last_ticket_ = 0;
  boost::unordered_flat_map<Subscriber*, Replay> replays_;
};

/// True if any of the subscriptions matches the event.
[[nodiscard]] bool matches(const SubscriptionList& list, const cloudevents::Event& event) noexcept;

/// The types whose events the list can match, each once, in order.
[[nodiscard]] std::vector<std::string_view> types_of(const SubscriptionList& list);

}  // namespace rig::subscriptions
