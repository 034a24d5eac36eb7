#pragma once

#include "logic/index.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {

/// A subscriber that notes what happens to it.
class TestSubscriber final : public Subscriber {
 public:
  void deliver(const cloudevents::EventRef& event) noexcept override {
    events.push_back(event->id());
    last = event;
    if (on_deliver) on_deliver();
  }
  void subscriptions_effective() noexcept override {
    ++times_effective;
    if (on_effective) on_effective();
  }

  void gap(const Gap& gap) noexcept override {
    static constexpr const char* kReasons[] = {"expired", "unknown", "restarted", "overflow"};
    gaps.push_back(std::string(kReasons[static_cast<std::size_t>(gap.reason)]) + " since " +
                   std::to_string(gap.since));
  }
  void page_replayed(bool is_last) noexcept override {
    is_live = is_last;
    if (on_page) on_page(is_last);
  }

  /// Where it is: behind the last event, or where it started.
  [[nodiscard]] Cursor place(Cursor started) const {
    if (last) started.position = last->log_position();
    return started;
  }

  std::vector<std::string> take() { return std::exchange(events, {}); }

  std::vector<std::string> events;  // their ids
  std::vector<std::string> gaps;
  cloudevents::EventRef last;
  bool is_live = false;
  std::function<void(bool)> on_page;
  std::size_t times_effective = 0;
  std::function<void()> on_deliver;
  std::function<void()> on_effective;
};

inline cloudevents::EventRef make_event(std::string type, std::string id,
                                        std::vector<cloudevents::FieldValue> fields = {}) {
  return std::make_shared<const cloudevents::Event>(
      cloudevents::Event::Parts{.type = std::move(type),
                                .source = "/test",
                                .id = std::move(id),
                                .subject = {},
                                .json = "{}",
                                .fields = std::move(fields)});
}

template <class IndexOrShard>
Matched match_one(IndexOrShard& index, const cloudevents::EventRef& event) {
  return index.match({&event, 1})[0];
}

/// Events of `type` for which one of the clauses holds; every event if there are none.
inline Subscription subscribe(std::string type, std::vector<Clause> clauses = {Clause{}}) {
  return Subscription{.event_type = std::move(type), .clauses = std::move(clauses), .json = {}};
}

}  // namespace rig::subscriptions
