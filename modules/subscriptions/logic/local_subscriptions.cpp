#include "logic/local_subscriptions.hpp"

#include "logic/replays.hpp"

#include <rig/core/assert.hpp>

#include <array>
#include <string>
#include <utility>

namespace rig::subscriptions {
void LocalSubscriptions::record_in(EventLog& log, std::size_t grace_sweeps, std::size_t types_max) {
  log_ = &log;
  grace_sweeps_ = grace_sweeps;
  recorded_max_ = types_max;
}

/// The log is one more user of the type, so that events of it keep coming here.
void LocalSubscriptions::record(std::string_view type) {
  if (log_ == nullptr || log_->records(type) || recorded_.size() >= recorded_max_) return;
  log_->start(type);
  recorded_.emplace(type, 0);
  constexpr Interest::Ticket kNobodyWaits = 0;
  interest_.hold(std::array{type}, kNobodyWaits);
}

void LocalSubscriptions::sweep() {
  boost::unordered::erase_if(recorded_, [this](auto& recorded) {
    const auto& type = recorded.first;
    if (!interest_.has_one_user(type)) {
      recorded.second = 0;
      return false;
    }
    if (++recorded.second <= grace_sweeps_) return false;
    log_->stop(type);
    interest_.release(type);
    return true;
  });
  interest_.sweep();
}

void LocalSubscriptions::replace(Subscriber& subscriber, SubscriptionList list) {
  const auto ticket = ++last_ticket_;
  // The new set holds its types before any other lets go of them: types that stay are never idle.
  const auto types = types_of(list);
  const std::size_t unanswered = interest_.hold(types, ticket);
  for (const std::string_view type : types) record(type);
  stop_waiting(subscriber);
  if (unanswered != 0) {
    waiting_.emplace(ticket, WaitingSet{&subscriber, std::move(list), unanswered});
    ticket_of_.emplace(&subscriber, ticket);
    state_of(subscriber).waiting_for_shards = true;
    return;
  }
  put_in_force(subscriber, list);
  subscriber.subscriptions_effective();
}

void LocalSubscriptions::remove(Subscriber& subscriber) {
  stop_waiting(subscriber);
  take_out_of_force(subscriber);
  index_.ahead().remove(subscriber);
}

void LocalSubscriptions::receive(ShardId from, const InterestMessage& message) {
  std::vector<Interest::Ticket> noted;
  interest_.receive(from, message, noted);
  if (message.kind == InterestMessage::Kind::kWant) {
    for (const std::string& type : *message.types) record(type);
  }
  for (const Interest::Ticket ticket : noted) {
    // Whoever stopped waiting, also during this loop, has no entry.
    const auto at = waiting_.find(ticket);
    if (at == waiting_.end() || --at->second.types_unanswered != 0) continue;
    const WaitingSet ready = take_waiting(ticket);
    put_in_force(*ready.subscriber, ready.list);
    ready.subscriber->subscriptions_effective();
  }
}

/// The index holds each of its types once; the list's own hold is handed back.
void LocalSubscriptions::put_in_force(Subscriber& subscriber, const SubscriptionList& list) {
  take_out_of_force(subscriber);
  for (const Subscription& subscription : list) {
    if (index_.add(subscriber, subscription)) interest_.hold(subscription.event_type);
  }
  state_of(subscriber).subscriptions = static_cast<std::uint32_t>(list.size());
  in_force_ += list.size();
  release_types(list);
}

void LocalSubscriptions::take_out_of_force(Subscriber& subscriber) {
  for (const std::string& type : index_.remove(subscriber)) interest_.release(type);
  in_force_ -= std::exchange(state_of(subscriber).subscriptions, 0);
}

void LocalSubscriptions::stop_waiting(Subscriber& subscriber) {
  if (!state_of(subscriber).waiting_for_shards) return;
  const WaitingSet given_up = take_waiting(ticket_of_.at(&subscriber));
  release_types(given_up.list);
}

LocalSubscriptions::WaitingSet LocalSubscriptions::take_waiting(Interest::Ticket ticket) {
  const auto at = waiting_.find(ticket);
  RIG_ASSERT(at != waiting_.end());
  WaitingSet set = std::move(at->second);
  waiting_.erase(at);
  ticket_of_.erase(set.subscriber);
  state_of(*set.subscriber).waiting_for_shards = false;
  if (waiting_.empty()) {  // after a storm of connections its memory goes back
    waiting_.rehash(0);
    ticket_of_.rehash(0);
  }
  return set;
}

void LocalSubscriptions::release_types(const SubscriptionList& list) {
  for (const std::string_view type : types_of(list)) interest_.release(type);
}

}  // namespace rig::subscriptions
