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
                .seen = {},
                .gap = {},
                .history = {},
                .place = {},
                .next = {}};
  const auto types = types_of(list);
  replay.types = std::make_shared<const std::vector<std::string>>(types.begin(), types.end());
  if (!cursor) {
    replay.gap = Gap{Gap::Reason::kUnknown};
  } else {
    replay.at.seconds = cursor->seconds;
    if (has_history_) replay.seen = Seen(*cursor, log_);
    replay.needs_history = cursor->log != log_;
    // Whatever this log has came after what that one had.
    if (!replay.needs_history) replay.at.position = cursor->position;
  }
  replays_.emplace(&subscriber, std::move(replay));
  state_of(subscriber).is_replaying = true;
}

bool Replays::remove(Subscriber& subscriber) noexcept {
  if (!std::exchange(state_of(subscriber).is_replaying, false)) return false;
  const auto found = replays_.find(&subscriber);
  if (found->second.step == Step::kWaiting) waiting_.erase(found->second.place);
  if (found->second.step == Step::kInNeed) in_need_.erase(found->second.place);
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
  if (!std::exchange(replay.needs_history, false)) return want_page(subscriber, replay);
  if (!has_history_) {
    replay.gap = Gap{Gap::Reason::kRestarted, replay.at.seconds};
    return want_page(subscriber, replay);
  }
  replay.step = Step::kInNeed;
  replay.place = in_need_.insert(in_need_.end(), &subscriber);
}

std::optional<HistoryWanted> Replays::take_history() {
  if (in_need_.empty()) return std::nullopt;
  Subscriber& subscriber = *in_need_.front();
  in_need_.pop_front();
  Replay& replay = replays_.at(&subscriber);
  replay.step = Step::kAsking;
  return HistoryWanted{&subscriber, replay.ticket, {replay.types, replay.seen.places()}};
}

void Replays::receive_history(const HistoryWanted& wanted, HistoryRef history, std::uint64_t here) {
  Replay* replay = find(wanted.subscriber, wanted.ticket);
  if (replay == nullptr) return;
  if (history == nullptr) {
    // Whatever this log has came after what that one had.
    replay->gap = Gap{Gap::Reason::kRestarted, replay->at.seconds};
  } else {
    if (!history->is_complete()) replay->gap = Gap{Gap::Reason::kExpired, replay->at.seconds};
    replay->history = std::move(history);
    replay->at.position = here;
  }
  want_page(*wanted.subscriber, *replay);
}

Replays::Replay* Replays::find(Subscriber* subscriber, std::uint64_t ticket) noexcept {
  const auto found = replays_.find(subscriber);
  const bool is_there = found != replays_.end() && found->second.ticket == ticket;
  return is_there ? &found->second : nullptr;
}

void Replays::tell_gap(Subscriber& subscriber, Replay& replay) noexcept {
  if (replay.gap) subscriber.gap(*replay.gap);
  replay.gap.reset();
}

void Replays::deliver_history(const PageRequest& request, std::size_t& delivered) noexcept {
  --pages_under_way_;
  Replay* replay = find(request.subscriber, request.ticket);
  if (replay == nullptr) return;
  replay->step = Step::kPaused;
  tell_gap(*request.subscriber, *replay);
  const HistoryRef history = replay->history;
  std::size_t& next = replay->next_event;
  std::size_t bytes = 0;
  for (std::size_t read = 0; read < PageRequest::kEventsMax; ++read) {
    next = history->next_of(*replay->types, next);
    if (next == history->events().size()) {
      replay->seen.add(history->end());
      replay->history.reset();
      break;
    }
    const auto& event = history->events()[next];
    if (bytes != 0 && bytes + event->json().size() > request.bytes_max) break;
    ++next;
    // A history that is read for several clients begins where the first of them needs it.
    const bool is_new = replay->seen.add(event->log_mark().place) && replay->seen.add(*event);
    if (!is_new || !matches(replay->list, *event)) continue;
    request.subscriber->deliver(replay->seen.marked(event));
    bytes += event->json().size();
    ++delivered;
  }
  request.subscriber->page_replayed(false);
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
  return PageRequest{&subscriber,
                     replay.ticket,
                     replay.types,
                     replay.at.position,
                     std::min(PageRequest::kBytesMax, subscriber.page_bytes_max()),
                     replay.history != nullptr};
}

Replays::Finished Replays::receive(const PageRequest& request, const EventLog::Page& page,
                                   std::size_t& delivered) noexcept {
  --pages_under_way_;
  Replay* const found = find(request.subscriber, request.ticket);
  if (found == nullptr) return {};
  Subscriber& subscriber = *request.subscriber;
  Replay& replay = *found;
  replay.step = Step::kPaused;
  if (!page.is_complete && !replay.gap) {
    const bool is_of_the_future = request.after > page.upto;
    replay.gap =
        Gap{is_of_the_future ? Gap::Reason::kUnknown : Gap::Reason::kExpired, replay.at.seconds};
  }
  tell_gap(subscriber, replay);
  for (const auto& event : page.events) {
    if (!replay.seen.add(*event) || !matches(replay.list, *event)) continue;
    subscriber.deliver(replay.seen.marked(event));
    replay.at.seconds = event->log_seconds();
    ++delivered;
  }
  replay.at.position = page.upto;
  if (!page.is_last) {
    subscriber.page_replayed(false);
    return {};
  }
  Finished finished{&subscriber, std::move(replay.next), std::move(replay.seen)};
  remove(subscriber);
  return finished;
}

}  // namespace rig::subscriptions
