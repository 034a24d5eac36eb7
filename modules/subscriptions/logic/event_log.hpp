#pragma once

#include "logic/node_table.hpp"

#include <rig/cloudevents/event.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// What a log may hold; what is beyond goes, oldest first.
struct LogLimits {
  std::size_t events_per_type = 10'000;
  std::size_t bytes_per_type = std::size_t{64} << 20;
  std::size_t bytes = std::size_t{64} << 20;  ///< in total
  std::chrono::milliseconds age{300'000};
  /// So long after a start, what nobody wants yet is kept for those who come back; at most `age`.
  std::chrono::milliseconds restart_grace{60'000};
};

/// The latest events of the types that are recorded, so that clients that come back get what they
/// missed. Gives every event its position: one row of rising numbers for all types.
class EventLog {
 public:
  using Clock = std::chrono::steady_clock;

  /// For so long after `start` there may be early events.
  explicit EventLog(LogLimits limits, Clock::time_point start = {},
                    std::chrono::milliseconds early_for = {});
  ~EventLog();

  /// From now on events of this type are kept. Does nothing if they are already.
  void start(std::string_view type);
  /// They are no longer, and what is there goes.
  void stop(std::string_view type);
  [[nodiscard]] bool records(std::string_view type) const noexcept;

  /// Returns the position of the event, which is kept if its type is recorded.
  std::uint64_t append(const cloudevents::EventRef& event, Clock::time_point now);
  /// The same for an event that came before anybody wanted its type. Its position says when that
  /// was, and is below those of all other events: who comes back from another log gets the early
  /// events too, in the order in which they came, and whoever has a cursor of a later time none.
  std::uint64_t append_early(const cloudevents::EventRef& event, Clock::time_point now);
  /// The position of such a log before its first event that is not early.
  [[nodiscard]] static std::uint64_t first_position(std::chrono::milliseconds early_for) noexcept;
  /// From now on nobody keeps events that nobody wants.
  void end_early() noexcept { has_early_ = false; }
  /// Events are missing here: nothing from before is complete up to what comes now.
  void break_off();
  /// Drops what is too old.
  void expire(Clock::time_point now);

  /// A part of what there is.
  struct Page {
    std::vector<cloudevents::EventRef> events;  ///< in order of their positions
    std::uint64_t upto = 0;                     ///< all there was of the types up to this position
    bool is_last = false;                       ///< there is nothing behind it
    bool is_complete = false;  ///< nothing is missing between `after` and the first event
  };
  /// Events of `types` (each once) behind the position `after`, at most so many, and at most so
  /// many bytes (but at least one event).
  [[nodiscard]] Page read(std::span<const std::string> types, std::uint64_t after,
                          std::size_t events_max, std::size_t bytes_max) const;

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] std::size_t events() const noexcept { return events_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    std::uint64_t position;
    Clock::time_point at;
    cloudevents::EventRef event;
  };
  struct Type {
    explicit Type(std::string_view type) : name(type) {}

    std::string name;
    std::deque<Entry> entries;
    std::size_t bytes = 0;
    std::uint64_t complete_since = 0;  // every event behind this position is there, but early ones
    std::uint64_t early_since = 0;     // every event behind it is there, early or not
    std::uint64_t place = 0;           // in `oldest_first_`; zero: none
  };

  void keep(Type& type, std::deque<Entry>::const_iterator at, Entry entry);
  [[nodiscard]] bool came_after_a_live_one(const cloudevents::Event& event) const noexcept;
  [[nodiscard]] bool is_complete(const Type& type, std::uint64_t after) const noexcept;
  void pop(Type& type);
  Type* oldest();

  const LogLimits limits_;
  const Clock::time_point start_;
  const std::uint64_t live_from_;  // positions below it are those of early events
  bool has_early_;
  boost::unordered_flat_set<std::uint64_t> early_positions_;
  NodeTable<Type> types_;
  // Types by the position of their first entry, as it was once: types lose their first entries
  // without a search for their place here.
  std::map<std::uint64_t, Type*> oldest_first_;
  std::uint64_t position_;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace rig::subscriptions
