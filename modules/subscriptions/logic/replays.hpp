#pragma once

#include "logic/event_log.hpp"
#include "logic/seen.hpp"

#include <rig/subscriptions/cursor.hpp>
#include <rig/subscriptions/history.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// What a shard asks the log for; or itself, if the client is reading a history.
struct PageRequest {
  static constexpr std::size_t kEventsMax = 256;
  static constexpr std::size_t kBytesMax = std::size_t{256} << 10;

  Subscriber* subscriber;  ///< a name only: it may be gone when the page comes
  std::uint64_t ticket;
  std::shared_ptr<const std::vector<std::string>> types;
  std::uint64_t after;
  std::size_t bytes_max;
  bool is_of_history = false;
};

/// A client that needs the history of all nodes before it can read the log of this one.
struct HistoryWanted {
  Subscriber* subscriber;  ///< a name only
  std::uint64_t ticket;
  HistoryRequest request;
};

/// The clients of one shard that came back and are not live yet: page by page they get what the log
/// has of their subscriptions. As long as that lasts, the index delivers nothing to them: what is
/// published meanwhile gets to the log before it gets here, so a later page has it. The last page
/// is answered by the log in the same order in which it forwards events, so that what comes here
/// before it, is in it, and what comes after it, is not.
///
/// Who has a cursor of another log, of a node that is gone or of this one before it was restarted,
/// reads the history that all nodes have in common first, if there is one, and then the log from
/// where it stood when the history was asked for. What is in both comes once: `Seen` knows.
///
/// Only a few pages are under way at a time, and the others wait their turn: each page is a long
/// piece of work, and between two of them what is published gets to those who are live.
class Replays {
 public:
  /// To deliver one and write it to the socket takes some 50 µs. A shard that is not the log's
  /// waits for the answer; more than one keep it busy meanwhile.
  static constexpr std::size_t kPagesUnderWayMax = 4;

  /// `log`: the cursors that can be resumed from. `has_history`: others can be tried.
  explicit Replays(std::uint32_t log, std::size_t pages_under_way_max = kPagesUnderWayMax,
                   bool has_history = false)
      : log_(log), has_history_(has_history), pages_under_way_max_(pages_under_way_max) {}

  /// `list` is what the subscriber will have in force.
  void add(Subscriber& subscriber, const SubscriptionList& list, std::string_view cursor);
  /// True if there was one.
  bool remove(Subscriber& subscriber) noexcept;
  /// A set of subscriptions that is to follow the replay; false if there is none going on.
  bool defer(Subscriber& subscriber, SubscriptionList& list);

  /// Wants the first page, now that the subscriptions are in force; whatever is at most at the
  /// position `here` was published before.
  void begin(Subscriber& subscriber, std::uint64_t here);
  /// Wants the next page, behind all others who want one. Does nothing if the subscriber is live
  /// already, or waits for a page.
  void next(Subscriber& subscriber);
  /// What the log is to be asked for now, one after the other; nothing if nobody wants a page or
  /// enough of them are under way. To be called after `begin`, `next` and `receive`.
  std::optional<PageRequest> take();

  /// Who needs a history; to be called as `take`.
  std::optional<HistoryWanted> take_history();
  /// The answer; null: there is none. `here`: where the log was when it was asked for.
  void receive_history(const HistoryWanted& wanted, HistoryRef history, std::uint64_t here);
  /// Delivers the next page of its history to the subscriber. `delivered` counts events.
  void deliver_history(const PageRequest& request, std::size_t& delivered) noexcept;

  struct Finished {
    Subscriber* subscriber = nullptr;  ///< null: the replay goes on, or nobody waits for it
    std::optional<SubscriptionList> next;
    Seen seen;  ///< also of what may come to this node later
  };
  /// Delivers what the page has for its subscriber. When the replay is over, `live()` of what is
  /// returned is up to the caller. `delivered` counts events.
  Finished receive(const PageRequest& request, const EventLog::Page& page,
                   std::size_t& delivered) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return replays_.size(); }
  /// How many want a page that the log has not been asked for.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  using Waiting = std::list<Subscriber*>;
  enum class Step : std::uint8_t {
    kStarting,  // its subscriptions are not in force yet
    kInNeed,    // wants a history
    kWaiting,   // wants a page
    kAsking,    // the page is under way
    kPaused,    // has to take what it got
  };

  struct Replay {
    std::uint64_t ticket;
    SubscriptionList list;
    std::shared_ptr<const std::vector<std::string>> types;
    Cursor at;
    Seen seen;
    std::optional<Gap> gap;  // not told yet
    bool needs_history = false;
    HistoryRef history;          // what it reads now; null: the log
    std::size_t next_event = 0;  // of the history
    Step step = Step::kStarting;
    Waiting::iterator place;  // if it is waiting or in need
    std::optional<SubscriptionList> next;
  };

  void want_page(Subscriber& subscriber, Replay& replay);
  [[nodiscard]] Replay* find(Subscriber* subscriber, std::uint64_t ticket) noexcept;
  static void tell_gap(Subscriber& subscriber, Replay& replay) noexcept;

  const std::uint32_t log_;
  const bool has_history_;
  const std::size_t pages_under_way_max_;
  std::size_t pages_under_way_ = 0;  // also to those who are gone
  std::uint64_t last_ticket_ = 0;
  boost::unordered_flat_map<Subscriber*, Replay> replays_;
  Waiting waiting_;  // first come, first served
  Waiting in_need_;
};

/// True if any of the subscriptions matches the event.
[[nodiscard]] bool matches(const SubscriptionList& list, const cloudevents::Event& event) noexcept;

/// The types whose events the list can match, each once, in order.
[[nodiscard]] std::vector<std::string_view> types_of(const SubscriptionList& list);

}  // namespace rig::subscriptions
