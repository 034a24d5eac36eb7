#include "logic/replays.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <utility>

namespace rig::subscriptions {
namespace {

bool holds(const Clause& clause, const cloudevents::Event& event) noexcept {
  const auto& fields = event.fields();
  return std::ranges::all_of(clause.fields, [&](const auto& field) {
    const auto& [position, value] = field;
    return position < fields.size() && fields[position] == value;
  });
}

}  // namespace

bool matches(const SubscriptionList& list, const cloudevents::Event& event) noexcept {
  return std::ranges::any_of(list, [&](const Subscription& subscription) {
    return subscription.event_type == event.type() &&
           std::ranges::any_of(subscription.clauses,
                               [&](const Clause& clause) { return holds(clause, event); });
  });
}

std::vector<std::string_view> types_of(const SubscriptionList& list) {
  std::vector<std::string_view> types;
  for (const Subscription& subscription : list) {
    if (!subscription.clauses.empty()) types.emplace_back(subscription.event_type);
  }
  std::ranges::sort(types);
  const auto repeated = std::ranges::unique(types);
  types.erase(repeated.begin(), repeated.end());
  return types;
}

void Replays::add(Subscriber& subscriber, const SubscriptionList& list, std::string_view text) {
  RIG_ASSERT(!state_of(subscriber).is_replaying);
  const auto cursor = Cursor::parse(text);
  Replay replay{.ticket = ++last_ticket_,
                .list = list,
                .types = {},
                .at = {},
                .gap = {},
                .place = {},
                .next = {}};
  const auto types = types_of(list);
  replay.types = std::make_shared<const std::vector<std::string>>(types.begin(), types.end());
  if (!cursor) {
    replay.gap = Gap{Gap::Reason::kUnknown};
  } else if (cursor->log != log_) {
    // Whatever this log has came after what that one had.
    replay.gap = Gap{Gap::Reason::kRestarted, cursor->seconds};
    replay.at.seconds = cursor->seconds;
  } else {
    replay.at = *cursor;
  }
  replays_.emplace(&subscriber, std::move(replay));
  state_of(subscriber).is_replaying = true;
}

bool Replays::remove(Subscriber& subscriber) noexcept {
  if (!std::exchange(state_of(subscriber).is_replaying, false)) return false;
  const auto found = replays_.find(&subscriber);
  if (found->second.step == Step::kWaiting) waiting_.erase(found->second.place);
  replays_.erase(found);
  if (replays_.empty()) replays_.rehash(0);
  return true;
}

bool Replays::defer(Subscriber& subscriber, SubscriptionList& list) {
  if (!state_of(subscriber).is_replaying) return false;
  replays_.at(&subscriber).next = std::move(list);
  return true;
}

void Replays::want_page(Subscriber& subscriber, Replay& replay) {
  replay.step = Step::kWaiting;
  replay.place = waiting_.insert(waiting_.end(), &subscriber);
}

void Replays::begin(Subscriber& subscriber, std::uint64_t here) {
  Replay& replay = replays_.at(&subscriber);
  RIG_ASSERT(replay.step == Step::kStarting);
  if (replay.gap && replay.gap->reason == Gap::Reason::kUnknown) replay.at.position = here;
  want_page(subscriber, replay);
}

void Replays::next(Subscriber& subscriber) {
  const auto found = replays_.find(&subscriber);
  if (found != replays_.end() && found->second.step == Step::kPaused)
    want_page(subscriber, found->second);
}

std::optional<PageRequest> Replays::take() {
  if (waiting_.empty() || pages_under_way_ == pages_under_way_max_) return std::nullopt;
  Subscriber& subscriber = *waiting_.front();
  waiting_.pop_front();
  ++pages_under_way_;
  Replay& replay = replays_.at(&subscriber);
  replay.step = Step::kAsking;
  return PageRequest{&subscriber, replay.ticket, replay.types, replay.at.position,
                     std::min(PageRequest::kBytesMax, subscriber.page_bytes_max())};
}

Replays::Finished Replays::receive(const PageRequest& request, const EventLog::Page& page,
                                   std::size_t& delivered) noexcept {
  --pages_under_way_;
  const auto found = replays_.find(request.subscriber);
  if (found == replays_.end() || found->second.ticket != request.ticket) return {};
  Subscriber& subscriber = *request.subscriber;
  Replay& replay = found->second;
  replay.step = Step::kPaused;
  if (!page.is_complete && !replay.gap) {
    const bool is_of_the_future = request.after > page.upto;
    replay.gap =
        Gap{is_of_the_future ? Gap::Reason::kUnknown : Gap::Reason::kExpired, replay.at.seconds};
  }
  if (replay.gap) {
    subscriber.gap(*replay.gap);
    replay.gap.reset();
  }
  for (const auto& event : page.events) {
    if (!matches(replay.list, *event)) continue;
    subscriber.deliver(event);
    replay.at.seconds = event->log_seconds();
    ++delivered;
  }
  replay.at.position = page.upto;
  if (!page.is_last) {
    subscriber.page_replayed(false);
    return {};
  }
  Finished finished{&subscriber, std::move(replay.next)};
  remove(subscriber);
  return finished;
}

}  // namespace rig::subscriptions
