#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/subscriptions/cursor.hpp>

namespace rig::subscriptions {

/// What a client that comes back has got already, log by log, as its cursor says. It is needed
/// where events come in another order than the one that the cursor is of: after a change of the
/// node.
class Seen {
 public:
  Seen() = default;
  /// `log`: of this node. In a cursor of that log everything up to its position has been seen,
  /// wherever it came from; only what was seen beyond counts.
  Seen(const Cursor& cursor, std::uint32_t log);

  /// False if the client has it; else it has it from now on.
  bool add(const cloudevents::Event& event) { return is_empty() || add(event.origin()); }
  bool add(cloudevents::LogPlace place);
  [[nodiscard]] bool is_empty() const noexcept { return places_.empty(); }
  [[nodiscard]] const cloudevents::LogPlaces& places() const noexcept { return places_; }

  /// The event as the client gets it: with a mark that says what it has seen. That is the event
  /// itself, if who has got that far in its log has seen all of it.
  [[nodiscard]] cloudevents::EventRef marked(const cloudevents::EventRef& event) const;

 private:
  cloudevents::LogPlaces places_;
};

}  // namespace rig::subscriptions
