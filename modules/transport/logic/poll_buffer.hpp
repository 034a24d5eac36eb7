#pragma once

#include <rig/cloudevents/event.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace rig::transport {

/// Where a poll stands: a cursor of the log, and how many things its session had given by then. As
/// text `<cursor>~<number>`, or only a cursor, or nothing of the kind.
struct PollPlace {
  std::string cursor;        ///< empty: none
  std::uint64_t number = 0;  ///< zero: from the beginning

  static PollPlace parse(std::string_view text);
  [[nodiscard]] std::string text() const;
};

/// The answer to a poll.
struct PollPage {
  std::string last_event_id;  ///< the place behind it
  std::string events;         ///< a JSON array
};

/// What a session that is polled has for its client, in one row without a hole: events, and what
/// the gateway itself has to say. What the client has confirmed is there for as long as there is
/// room; what it has not, stays. So an event can find no room; then the row has to be continued
/// from the log, behind `cursor()`.
class PollBuffer {
 public:
  struct Limits {
    std::size_t events_max = 1000;
    std::size_t bytes_max = 1 << 20;
  };

  PollBuffer(Limits limits, bool with_cursors) : limits_(limits), with_cursors_(with_cursors) {}

  /// The place in the log where the row ends, as the text of a cursor.
  void set_cursor(std::string cursor) { cursor_ = std::move(cursor); }
  [[nodiscard]] const std::string& cursor() const noexcept { return cursor_; }

  /// Whether an event of so many bytes fits; makes room by what is confirmed.
  [[nodiscard]] bool has_room_for(std::size_t bytes) noexcept;
  /// The same for a page of the log, which may go beyond the limits.
  [[nodiscard]] bool has_room_for_page() noexcept;

  /// `cursor`: behind the event. The caller has asked for room.
  void add(cloudevents::EventRef event, std::string cursor);
  /// An event of the gateway, which is in no log and needs no room. Where there is none, it takes
  /// the place of another one of its type, if nothing came in between.
  void add_notice(cloudevents::EventRef notice);

  /// Something is there that came after `place`. A place that is none of this row is its beginning.
  [[nodiscard]] bool has_after(const PollPlace& place) const noexcept;
  /// What came after `place` is not all there any more: it was confirmed once.
  [[nodiscard]] bool has_lost(const PollPlace& place) const noexcept;
  /// The client has everything up to `place`.
  void confirm(const PollPlace& place) noexcept;

  /// What came after `place`, behind `first` unless that is null.
  [[nodiscard]] PollPage read(const PollPlace& place,
                              const cloudevents::EventRef& first = nullptr) const;

 private:
  struct Item {
    std::uint64_t number;
    cloudevents::EventRef event;
    std::string cursor;  // behind it
    bool is_notice;
  };

  [[nodiscard]] std::uint64_t number_of(const PollPlace& place) const noexcept;
  void push(cloudevents::EventRef event, bool is_notice);
  void forget(const Item& item) noexcept;
  bool pop_confirmed() noexcept;

  const Limits limits_;
  const bool with_cursors_;
  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  std::string cursor_;
  std::uint64_t last_ = 0;       // number of the last item
  std::uint64_t confirmed_ = 0;  // the client has these
  std::uint64_t popped_ = 0;     // these are not here any more
};

}  // namespace rig::transport
